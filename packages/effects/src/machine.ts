import { systemClock } from './clock.ts';
import { systemExec } from './exec-real.ts';
import { systemHttp } from './http-real.ts';
import { systemSocket } from './socket-real.ts';

/** The real form of every port: what an action hands to its rooms. */
export const machine = { clock: systemClock, exec: systemExec, http: systemHttp, socket: systemSocket };
