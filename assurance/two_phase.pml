/* Two-phase commit, the protocol of tests/model/machines/two_phase.py, step by step the same.
 *
 * -DN=3, 5 or 7 resource managers: 288, 8,832 and 296,448 states. Sets are bit masks; message
 * number i says that manager i is prepared, and COMMIT and ABORT come after them. Every step is a
 * d_step, so that SPIN stores the states between steps and no others.
 */

#define WORKING 0
#define PREPARED 1
#define COMMITTED 2
#define ABORTED 3

#define ALL ((1 << N) - 1)
#define COMMIT (1 << N)
#define ABORT (1 << (N + 1))

byte rm[N];
bit done;
byte prepared;
short msgs;

#define MANAGER(i) \
	:: d_step { !done && (msgs & (1 << i)) -> prepared = prepared | (1 << i) } \
	:: d_step { rm[i] == WORKING -> rm[i] = PREPARED; msgs = msgs | (1 << i) } \
	:: d_step { rm[i] == WORKING -> rm[i] = ABORTED } \
	:: d_step { (msgs & COMMIT) -> rm[i] = COMMITTED } \
	:: d_step { (msgs & ABORT) -> rm[i] = ABORTED }

active proctype two_phase()
{
end:	do
	:: d_step { !done && prepared == ALL -> done = 1; msgs = msgs | COMMIT }
	:: d_step { !done -> done = 1; msgs = msgs | ABORT }
	MANAGER(0)
	MANAGER(1)
	MANAGER(2)
#if N > 3
	MANAGER(3)
	MANAGER(4)
#endif
#if N > 5
	MANAGER(5)
	MANAGER(6)
#endif
	od
}
