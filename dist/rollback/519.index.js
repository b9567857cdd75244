export const id = 519;
export const ids = [519];
export const modules = {

/***/ 4519:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runOnFleet: () => (/* binding */ runOnFleet)
});

// EXTERNAL MODULE: ./packages/effects/build/files.js
var files = __webpack_require__(7412);
// EXTERNAL MODULE: ./packages/kernel/build/duration.js
var duration = __webpack_require__(8658);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: ./packages/rollout/build/execute.js + 12 modules
var execute = __webpack_require__(6075);
;// CONCATENATED MODULE: ./packages/rollout/build/execute-remembered.js


/** Executes, and remembers past our own end whether the target may be half way. */
async function executeRemembered(options, remember) {
    remember(options.mode === 'apply');
    try {
        const result = await (0,execute/* execute */.g)(options);
        remember(result.interrupted);
        return result;
    }
    catch (thrown) {
        // What the user can mend is said before anything is touched.
        if (thrown instanceof errors/* UserError */.yo)
            remember(false);
        throw thrown;
    }
}

// EXTERNAL MODULE: ./packages/effects/build/clock.js
var build_clock = __webpack_require__(193);
;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-cli.js


/** HAProxy answers from memory; what takes longer than this is stuck. */
const TIMEOUT_MS = 5_000;
/**
 * Runs commands in one go: one line, one connection. Gives one reply for each, in their order and without the empty
 * line that ends it. An error among them is a reply like any other, and the commands after it were carried out.
 */
async function converse(admin, commands, signal) {
    const answer = await exchange(admin, `${commands.join('; ')}\n`, signal);
    const replies = splitReplies(answer);
    if (replies.length === commands.length)
        return replies;
    throw new errors/* UserError */.yo({
        what: `${admin.who} broke off on ${admin.socket}: it gave ${replies.length} of ${commands.length} replies.`,
        got: answer === '' ? 'nothing' : JSON.stringify(answer.slice(0, 200)),
        allowed: 'one reply to each command',
        fix: `make sure that HAProxy runs and that ${admin.socket} is its admin socket, then run again:\n${configLine(admin)}`,
    });
}
/** What to write into HAProxy's configuration for the socket to serve us. */
function configLine({ socket }) {
    return `global\n  stats socket ${socket} mode 660 group GROUP-OF-THE-SSH-USER level admin`;
}
/** Every reply ends with an empty line; a silent success is nothing but that. What has no such end was cut off. */
function splitReplies(answer) {
    const replies = [];
    let lines = [];
    for (const line of answer.split('\n').slice(0, -1)) {
        if (line === '')
            replies.push(lines.splice(0).join('\n'));
        else
            lines = [...lines, line];
    }
    return replies;
}
async function exchange({ who, socket, path, sockets }, line, signal) {
    try {
        return await sockets.exchange({ path }, line, { timeoutMs: TIMEOUT_MS, signal });
    }
    catch (cause) {
        (0,build_clock/* throwIfAborted */.Te)(signal);
        throw (0,errors/* userError */.IF)(`${who} cannot be asked through ${socket}: ${(0,errors/* messageOf */.bD)(cause)}.`, `make sure that HAProxy runs and that the ssh user may open the socket:\n${configLine({ socket })}`, cause);
    }
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-stats.js
// Bits of srv_admin_state: who asked does not matter here. 0x04 only remembers a `disabled` of the configuration.
const MAINT = 0x01 | 0x02 | 0x20 | 0x40;
const DRAIN = 0x08 | 0x10;
/** The rows of both tables by server name; undefined when a text is not the table it should be. */
function serverRows(stat, state) {
    const stats = table(stat, splitCsv, ['svname', 'status', 'scur', 'qcur']);
    const states = table(state, splitWords, ['srv_name', 'srv_admin_state', 'srv_uweight', 'srv_iweight']);
    if (stats === undefined || states === undefined)
        return undefined;
    const rows = new Map();
    for (const row of stats) {
        const name = row.get('svname') ?? '';
        const kept = states.find((other) => other.get('srv_name') === name);
        if (kept === undefined)
            continue;
        rows.set(name, {
            name,
            status: row.get('status') ?? '',
            check: [row.get('check_desc'), row.get('last_chk')].filter(Boolean).join(': '),
            inFlight: Number(row.get('scur')) + Number(row.get('qcur')),
            takenOut: outOf(Number(kept.get('srv_admin_state'))),
            weight: Number(kept.get('srv_uweight')),
            fullWeight: Number(kept.get('srv_iweight')),
        });
    }
    return rows;
}
function outOf(admin) {
    if ((admin & MAINT) !== 0)
        return 'maint';
    return (admin & DRAIN) === 0 ? 'no' : 'drain';
}
/** Versions differ in their columns, so each is found by its name in the header, the line that begins with `# `. */
function table(text, split, needed) {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('# '));
    const names = split(lines[at]?.slice(2) ?? '');
    if (!needed.every((name) => names.includes(name)))
        return undefined;
    return lines
        .slice(at + 1)
        .map(split)
        .map((cells) => new Map(names.map((name, index) => [name, cells[index] ?? ''])));
}
/** Texts of checks hold commas and quotes. */
function splitCsv(line) {
    return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
function splitWords(line) {
    return line.split(' ');
}
/** The share of its full service that a server gets now, 0..100. */
function shareOf({ takenOut, weight, fullWeight }) {
    if (takenOut !== 'no' || weight === 0)
        return 0;
    return Math.min(100, Math.max(1, Math.round((100 * weight) / fullWeight)));
}
/** The weight for a share; HAProxy rounds down. */
function weightFor({ fullWeight }, share) {
    return Math.floor((fullWeight * share) / 100);
}
/** Whether a server has just that share; any kind of 0 is one. */
function hasShare(row, share) {
    if (share === 0)
        return shareOf(row) === 0;
    return row.takenOut === 'no' && row.weight === weightFor(row, share);
}
/** Up at this very moment, as far as the balancer knows. */
function isUp({ status }) {
    return /^(?:UP|DRAIN|no check)/.test(status);
}
/** Its check has confirmed it since it was last in doubt: `UP 1/2` waits for one. */
function isConfirmed({ status }) {
    return status === 'UP' || status === 'no check';
}
/** `DOWN (Layer4 connection problem: Connection refused), drain, weight 50 of 100`. */
function describeRow(row) {
    const words = [row.check === '' ? row.status : `${row.status} (${row.check})`];
    if (row.takenOut !== 'no')
        words.push(row.takenOut);
    if (row.weight !== row.fullWeight)
        words.push(`weight ${row.weight} of ${row.fullWeight}`);
    return words.join(', ');
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-errors.js




function unknownBackend({ who }, backend, known) {
    return new errors/* UserError */.yo({
        what: `${who} has no backend "${backend}".`,
        got: `backend=${backend}`,
        allowed: known.join(', ') || 'none is there: is this the admin socket of a worker?',
        fix: `name one of these in the "balancer" input, such as backend=${known[0] ?? 'web'}`,
    });
}
function unknownServers({ who }, backend, missing, known) {
    return new errors/* UserError */.yo({
        what: `${who} has no ${plural('server', missing)} ${missing.join(', ')} in the backend "${backend}".`,
        got: missing.join(', '),
        allowed: known.join(', ') || 'none is there',
        fix: 'add it to the backend, or change "server=" of the "balancer" input or "name=" of the host',
    });
}
function notHaproxy(admin, reply) {
    return new errors/* UserError */.yo({
        what: `What answers on ${admin.socket} does not speak like ${admin.who}.`,
        got: JSON.stringify(reply.slice(0, 200)),
        allowed: 'the tables of "show stat" and "show servers state"',
        fix: `give the path of the admin socket in the "balancer" input; it is declared by\n${configLine(admin)}`,
    });
}
/** A share that the server's weight cannot express would silently become another one, or none. */
function refuseImpossible({ who }, row, share) {
    const weight = weightFor(row, share);
    const real = row.fullWeight === 0 ? 0 : (100 * weight) / row.fullWeight;
    if (Math.abs(real - share) < 1 && (share === 0 || weight > 0))
        return;
    throw new errors/* UserError */.yo({
        what: `${who} cannot give ${row.name} ${share} % of its traffic: of its weight ${row.fullWeight} that is ${weight}.`,
        got: `weight ${row.fullWeight}`,
        allowed: 'a weight that can be divided as finely as the shares',
        fix: `server ${row.name} ... weight 100`,
    });
}
/** An error has no status: any text in a reply is one. */
function refuseErrors(admin, commands, replies) {
    const refused = commands.flatMap((command, index) => {
        const reply = replies[index] ?? '';
        return reply === '' ? [] : [`${command}: ${reply}`];
    });
    if (refused.length === 0)
        return;
    const denied = refused.every((line) => line.includes('Permission denied'));
    throw new errors/* UserError */.yo({
        what: denied
            ? `${admin.who} lets nobody change servers through ${admin.socket}: it takes the level "admin".`
            : `${admin.who} refused ${refused.length} of ${commands.length} commands; it carried out the others.`,
        got: refused.join('\n'),
        ...(denied ? { allowed: 'level admin', fix: configLine(admin) } : {}),
    });
}
function refuseDifferences({ who }, wanted) {
    const wrong = wanted.filter(({ row, asked }) => !hasShare(row, asked.share));
    if (wrong.length === 0)
        return;
    throw new errors/* UserError */.yo({
        what: `${who} accepted the change, yet ${wrong.length} of ${wanted.length} servers are not as asked.`,
        got: wrong.map(({ row, asked }) => `${row.name}: ${asked.share} % asked, but ${describeRow(row)}`).join('\n'),
        fix: 'look who else changes it: another deployment, an agent check, a reload',
    });
}
/** In-flight counts mean nothing once the server takes new requests, or once other counters have begun. */
function refuseUndrained({ who }, rows, sameProcess) {
    if (!sameProcess) {
        throw (0,errors/* userError */.IF)(`${who} was restarted or reloaded while servers were drained: requests of its old process are out of sight.`, 'run again; keep reloads of the balancer apart from deployments');
    }
    const back = rows.filter((row) => shareOf(row) > 0);
    if (back.length === 0)
        return;
    throw (0,errors/* userError */.IF)(`${who} sends requests to ${back.map(({ name }) => name).join(', ')} again while they are waited for.`, 'run again; look who else changes the balancer');
}
function notDrained({ who }, busy, deadlineMs) {
    const counts = busy.map(({ name, inFlight }) => `${name} ${inFlight}`).join(', ');
    return new errors/* UserError */.yo({
        what: `${who} still has requests in flight ${(0,duration/* humanSeconds */.Nj)(deadlineMs)} after the drain: ${counts}.`,
        fix: 'drain-timeout: 2m    # longer than the longest request, or end those requests',
    });
}
function notUp({ who }, down, deadlineMs) {
    const words = down.map((row) => `${row.name} is ${describeRow(row)}`).join('; ');
    return new errors/* UserError */.yo({
        what: `${who} does not call every server up after ${(0,duration/* humanSeconds */.Nj)(deadlineMs)}: ${words}.`,
        fix: "look at the balancer's own check of these servers: its path, its port, and what the app answers to it",
    });
}
function plural(word, items) {
    return items.length === 1 ? word : `${word}s`;
}

// EXTERNAL MODULE: ./packages/vm/build/balancers/uri.js
var uri = __webpack_require__(9597);
;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-view.js




/** One look; a backend or server that is not there is a UserError. */
async function look(admin, { backend, server }, servers, signal) {
    const commands = [`show stat ${backend} 4 -1`, `show servers state ${backend}`, 'show info', 'show backend'];
    const [stat = '', state = '', info = '', backends = ''] = await converse(admin, commands, signal);
    if (/^(?:No such proxy|Can't find backend)/m.test(`${stat}\n${state}`)) {
        throw unknownBackend(admin, backend, backends.split('\n').slice(1));
    }
    const known = serverRows(stat, state);
    if (known === undefined)
        throw notHaproxy(admin, stat);
    const named = servers.map((asked) => ({ asked, name: (0,uri/* serverName */.L)(server, asked.member, asked.slot) }));
    const missing = named.filter(({ name }) => !known.has(name)).map(({ name }) => name);
    if (missing.length > 0)
        throw unknownServers(admin, backend, missing, [...known.keys()]);
    return {
        process: (info.match(/^(?:Pid|Start_time_sec): .*$/gm) ?? []).join(', '),
        seen: named.flatMap(({ asked, name }) => {
            const row = known.get(name);
            return row === undefined ? [] : [{ asked, row }];
        }),
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy.js




const DRAIN_POLL_MS = 20;
const UP_POLL_MS = 50;
/**
 * HAProxy through its admin socket, which is reached from here at `path`. The `member` of a server is what `{host}`
 * stands for. No change needs a reload, so none cuts a connection.
 */
function haproxy(uri, path, ports) {
    const admin = { who: `HAProxy on ${uri.host.name}`, socket: uri.socket, path, sockets: ports.socket };
    let processAtSet;
    return {
        name: `${uri.backend} on ${uri.host.name}`,
        capabilities: { weights: 'exact', inFlight: 'exact', cutsOnChange: false },
        async read(servers, signal) {
            const { seen } = await look(admin, uri, servers, signal);
            return seen.map(stateOf);
        },
        async set(changes, signal) {
            const before = await look(admin, uri, changes, signal);
            const commands = commandsFor(admin, uri.backend, before.seen);
            if (commands.length > 0)
                refuseErrors(admin, commands, await converse(admin, commands, signal));
            const after = await look(admin, uri, changes, signal);
            refuseDifferences(admin, after.seen);
            processAtSet = after.process;
        },
        async drained(servers, deadlineMs, signal) {
            let process = processAtSet;
            let quietLooks = 0;
            await poll(ports.clock, DRAIN_POLL_MS, deadlineMs, signal, async (over) => {
                const now = await look(admin, uri, servers, signal);
                process ??= now.process;
                const rows = now.seen.map(({ row }) => row);
                refuseUndrained(admin, rows, process === now.process);
                const busy = rows.filter(({ inFlight }) => inFlight > 0);
                if (over && busy.length > 0)
                    throw notDrained(admin, busy, deadlineMs);
                // Two in a row: a request may sit between two counters at the moment of one look.
                quietLooks = busy.length === 0 ? quietLooks + 1 : 0;
                return quietLooks === 2;
            });
        },
        async up(servers, deadlineMs, signal) {
            await poll(ports.clock, UP_POLL_MS, deadlineMs, signal, async (over) => {
                const { seen } = await look(admin, uri, servers, signal);
                const down = seen.map(({ row }) => row).filter((row) => !isConfirmed(row));
                if (over && down.length > 0)
                    throw notUp(admin, down, deadlineMs);
                return down.length === 0;
            });
        },
    };
}
function stateOf({ asked: { member, slot }, row }) {
    return { member, slot, share: shareOf(row), up: isUp(row), inFlight: row.inFlight, detail: describeRow(row) };
}
/** Only what differs, so that an operator's `maint` stays; what joins comes first, so that somebody always serves. */
function commandsFor(admin, backend, wanted) {
    for (const { row, asked } of wanted)
        refuseImpossible(admin, row, asked.share);
    return wanted
        .filter(({ row, asked }) => !hasShare(row, asked.share))
        .toSorted((a, b) => b.asked.share - a.asked.share)
        .flatMap(({ row, asked: { share } }) => {
        const server = `set server ${backend}/${row.name}`;
        if (share === 0)
            return [`${server} state drain`];
        const weight = row.weight === weightFor(row, share) ? [] : [`${server} weight ${share}%`];
        return row.takenOut === 'no' ? weight : [...weight, `${server} state ready`];
    });
}
/** Asks until it is so; `over` says that the time is up, for the last look to throw what it sees. */
async function poll(clock, everyMs, deadlineMs, signal, isDone) {
    const end = clock.monotonic() + deadlineMs;
    while (!(await isDone(clock.monotonic() >= end)))
        await clock.sleep(everyMs, signal);
}

;// CONCATENATED MODULE: ./packages/vm/build/lease/fleet-lock.js



const ASK_AGAIN_MS = 500;
/**
 * Takes the leases of all hosts or of none: first all at once, since nearly always nobody is in the way. Else it lets
 * all go and takes one after the other in the order of the hosts' ids: whoever waits holds only smaller ones, so no
 * two runs ever wait for each other. Of two sessions that are one host, the second one follows the first.
 */
async function lockFleet(sessions, settings) {
    const deadline = settings.clock.monotonic() + settings.waitMs;
    try {
        if (!(await takeAll(sessions))) {
            await unlockFleet(sessions);
            await takeInOrder(sessions, deadline, settings);
        }
        (0,build_clock/* throwIfAborted */.Te)(settings.signal);
        refuseTwins(sessions);
    }
    catch (cause) {
        await unlockFleet(sessions);
        throw cause;
    }
}
/** Gives all leases back; nothing is left to do for those that are lost. */
async function unlockFleet(sessions) {
    await Promise.all(sessions.map((session) => session.release()));
}
async function takeAll(sessions) {
    const answers = await Promise.allSettled(sessions.map((session) => session.acquire()));
    const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    if (failures.length === 1)
        throw failures[0];
    if (failures.length > 1)
        throw new errors/* UserError */.yo(failures.map((failure) => ({ what: (0,errors/* messageOf */.bD)(failure) })));
    let all = true;
    for (const [index, session] of sessions.entries()) {
        const answer = answers[index];
        if (answer?.status !== 'fulfilled' || answer.value.kind === 'held')
            continue;
        if (!(await followed(session, answer.value, sessions)))
            all = false;
    }
    return all;
}
async function takeInOrder(sessions, deadline, settings) {
    const inOrder = sessions.toSorted((a, b) => compare(a.hostId() ?? '', b.hostId() ?? ''));
    for (const session of inOrder)
        await take(session, sessions, deadline, settings);
}
async function take(session, all, deadline, { waitMs, clock, signal, log }) {
    const { name } = session.host;
    const told = new Set();
    for (;;) {
        (0,build_clock/* throwIfAborted */.Te)(signal);
        const answer = await session.acquire();
        if (answer.kind === 'held' || (await followed(session, answer, all)))
            return;
        const left = deadline - clock.monotonic();
        if (left <= 0)
            throw stillBusy(name, answer, waitMs);
        if (!told.has(answer.token))
            log.info(`${name} is held by ${ownerOf(answer)}; waiting up to ${roughly(left)}.`);
        told.add(answer.token);
        await clock.sleep(Math.min(ASK_AGAIN_MS, left), signal);
    }
}
/** Whether the owner is another session of ours, which then speaks for this name too. */
async function followed(session, busy, all) {
    const owner = all.find(({ token }) => token === busy.token && token !== session.token);
    if (owner === undefined)
        return false;
    await session.follow(owner);
    return true;
}
/** Copies of one machine image have one id, but each holds a lease of its own. */
function refuseTwins(sessions) {
    const seen = new Map();
    for (const session of sessions) {
        const id = session.hostId() ?? '';
        const twin = seen.get(id);
        if (twin !== undefined && twin.leader() !== session.leader()) {
            throw (0,errors/* userError */.IF)(`${twin.host.name} and ${session.host.name} are two hosts with one id: one was copied from the other.`, `remove the file state/host-id below ${session.host.root} on ${session.host.name}`);
        }
        seen.set(id, session);
    }
}
function stillBusy(name, busy, waitMs) {
    const run = /^https:\/\/[^/]+\/([^/]+\/[^/]+)\/actions\/runs\/(\d+)/.exec(busy.url);
    return new errors/* UserError */.yo({
        what: `${name} is held by another run, still after ${(0,duration/* formatDuration */.a3)(waitMs)}.`,
        got: ownerOf(busy),
        allowed: 'one run at a time for an app and environment on a host',
        fix: run === null
            ? 'wait for that run or end it, then run this again'
            : `wait for that run, or end it, then run this again: gh run cancel ${run[2]} --repo ${run[1]}`,
    });
}
function ownerOf({ owner, url, ageSeconds }) {
    return `${owner} (${url}), heard of ${ageSeconds} s ago`;
}
function roughly(ms) {
    return (0,duration/* formatDuration */.a3)(Math.max(Math.round(ms / 1_000), 1) * 1_000);
}
function compare(a, b) {
    if (a === b)
        return 0;
    return a < b ? -1 : 1;
}

// EXTERNAL MODULE: ./packages/health/build/health.js
var build_health = __webpack_require__(2253);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
;// CONCATENATED MODULE: ./packages/health/build/probe.js



/** For one try: a health check that takes longer is none. */
const TRY_MS = 2_000;
const SHOWN = 200;
/** One try: a 2xx answer of this version passes, everything else says why not. */
async function probe_look(target, { http }, signal) {
    const { url, socketPath } = target;
    try {
        const answer = await http.request({ url, socketPath, headers: { connection: 'close' }, timeoutMs: TRY_MS, signal });
        return judge(answer, target);
    }
    catch (cause) {
        signal.throwIfAborted();
        return { ok: false, why: whyNoAnswer(cause) };
    }
}
/** Resolves after enough passes in a row; rejects with what was seen last when the time is over. */
async function untilHealthy(target, patience, ports, signal) {
    const { passes, intervalMs, deadlineMs } = patience;
    const { clock } = ports;
    const began = clock.monotonic();
    let inARow = 0;
    for (;;) {
        const seen = await probe_look(target, ports, signal);
        inARow = seen.ok ? inARow + 1 : 0;
        if (inARow >= passes)
            return;
        if (clock.monotonic() - began + intervalMs > deadlineMs)
            throw overdue(target, seen, inARow, patience);
        await clock.sleep(intervalMs, signal);
    }
}
/** Through a forward, a port where nobody listens looks like a connection that is closed at once. */
function whyNoAnswer(cause) {
    const { code } = cause;
    if (code !== 'ECONNREFUSED' && code !== 'ECONNRESET' && code !== 'EPIPE')
        return (0,errors/* messageOf */.bD)(cause);
    return `closed without an answer: nothing listens there, or it died (${code})`;
}
function judge(answer, { versionFrom, version }) {
    const body = answer.body.toString('utf8');
    if (answer.status < 200 || answer.status > 299) {
        return { ok: false, why: `status ${answer.status}${body === '' ? '' : `: ${brief(body)}`}` };
    }
    const found = versionIn(answer, body, versionFrom);
    if (found === version || versionFrom.kind === 'process')
        return { ok: true };
    if (found === undefined)
        return { ok: false, why: `the answer names no version (${placeOf(versionFrom)})` };
    return { ok: false, why: `version ${brief(found)} answered instead of ${version}` };
}
function versionIn(answer, body, from) {
    switch (from.kind) {
        case 'process':
            return undefined;
        case 'header':
            return answer.headers[from.name]?.trim();
        case 'body':
            return body.trim();
        case 'json':
            return textAt((0,json/* parseJson */.qF)(body), from.path);
    }
}
function textAt(value, path) {
    const found = path.reduce((at, key) => ((0,json/* isObject */.Gv)(at) ? at[key] : undefined), value);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}
function placeOf(from) {
    if (from.kind === 'header')
        return `header ${from.name}`;
    return from.kind === 'json' ? `json ${from.path.join('.')}` : from.kind;
}
function overdue({ url }, seen, inARow, { passes, deadlineMs }) {
    const last = seen.ok ? `only ${inARow} of ${passes} passes in a row` : seen.why;
    return (0,errors/* userError */.IF)(`${url} did not become healthy within ${(0,duration/* formatDuration */.a3)(deadlineMs)}: ${last}.`);
}
function brief(text) {
    const line = text.trim().replaceAll(/\s+/g, ' ');
    return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

;// CONCATENATED MODULE: ./packages/vm/build/prober.js


/** The health check made from here, through each host's own connection: nothing is needed on the host. */
function createProber(wish, sessions, ports) {
    const targetOf = (member, release) => {
        const session = sessions.get(member);
        if (session === undefined)
            throw new Error(`no session for ${member}`);
        return {
            url: (0,build_health/* endpointOn */.jz)(wish.health, session.host).url,
            socketPath: session.socket(forwardOf(wish.health, session.host)),
            versionFrom: wish.versionFrom,
            version: release.version,
        };
    };
    return {
        once: async (member, _slot, release, signal) => (await probe_look(targetOf(member, release), ports, signal)).ok,
        untilHealthy: (member, _slot, release, signal) => untilHealthy(targetOf(member, release), wish, ports, signal),
    };
}
/** The forward that a host's health check goes through. */
function forwardOf(health, host) {
    const { host: to, port } = (0,build_health/* endpointOn */.jz)(health, host);
    return { kind: 'tcp', host: to, port };
}
/** Where the service listens, as its health check says. Without a host in it, on any address. */
function endpointOf(health, host) {
    const { host: address, port } = (0,build_health/* endpointOn */.jz)(health, host);
    return health.host === '' ? { port } : { port, address };
}

;// CONCATENATED MODULE: ./packages/vm/build/steps/scripts.js

/**
 * The POSIX sh that runs on hosts. Each `new URL` stays literal: the bundler finds the file by it and takes it along,
 * and `../../src` is right from `src/steps` as well as from `build/steps`.
 */
const FILES = {
    holder: __webpack_require__.ab + "holder.sh",
    lease: __webpack_require__.ab + "lease.sh",
    acquire: __webpack_require__.ab + "acquire.sh",
    fence: __webpack_require__.ab + "fence.sh",
    halt: __webpack_require__.ab + "halt.sh",
    process: __webpack_require__.ab + "process.sh",
    common: __webpack_require__.ab + "common.sh",
    observe: __webpack_require__.ab + "observe.sh",
    stage: __webpack_require__.ab + "stage.sh",
    start: __webpack_require__.ab + "start.sh",
    stop: __webpack_require__.ab + "stop.sh",
    status: __webpack_require__.ab + "status.sh",
    note: __webpack_require__.ab + "note.sh",
    record: __webpack_require__.ab + "record.sh",
    port: __webpack_require__.ab + "port.sh",
    'service-script': __webpack_require__.ab + "service-script.sh",
    supervise: __webpack_require__.ab + "supervise.sh",
};
function script(name) {
    return (0,files/* readBundled */.Hu)(FILES[name]);
}

;// CONCATENATED MODULE: ./packages/vm/build/services/script.js

const LOG_BYTES = 10 * 1024 * 1024;
/** The release's own start script, supervised: it runs in the release's folder, and is started again when it dies. */
function scriptService(options) {
    const { place, stopMs } = options;
    return {
        functions: [script('port'), script('service-script')].join('\n'),
        stopMs,
        vars(host, slot, release) {
            const { port, address } = options.endpoint(host, slot);
            const env = {
                SLIPWAY_APP: place.app,
                SLIPWAY_ENVIRONMENT: place.environment,
                SLIPWAY_SLOT: slot,
                ...(release === null ? {} : { SLIPWAY_VERSION: release.version, SLIPWAY_DIGEST: release.digest }),
                ...(port === undefined ? {} : { PORT: String(port) }),
                ...(address === undefined ? {} : { HOST: address }),
            };
            return {
                start: options.start,
                stop: options.stop,
                stop_seconds: String(Math.ceil(stopMs / 1_000)),
                port: port === undefined ? '' : String(port),
                address: address ?? '',
                log_bytes: String(LOG_BYTES),
                supervisor: release === null ? '' : script('supervise'),
                env_names: Object.keys(env).join(' '),
                ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env_${name}`, value])),
            };
        },
    };
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./packages/effects/build/exec.js
var build_exec = __webpack_require__(2138);
;// CONCATENATED MODULE: ./packages/vm/build/ssh/failure.js
const HOST_KEY = /Host key verification failed/;
const AUTH = /Permission denied \(|Too many authentication failures|No supported authentication methods/;
const TRANSPORT = [
    /kex_exchange_identification:/,
    /banner exchange:/i,
    /Connection (?:closed|reset|refused|timed out)/,
    /connect to host \S+ port \d+:/,
    /Connection to \S+ port \d+ timed out/,
    /Temporary failure in name resolution/,
    /Broken pipe/,
];
/** Only what breaks before anybody tried to log in is worth a second try: servers punish repeated log-ins. */
function failureKind(stderr) {
    if (HOST_KEY.test(stderr))
        return 'host-key';
    if (AUTH.test(stderr))
        return 'auth';
    return TRANSPORT.some((pattern) => pattern.test(stderr)) ? 'transport' : 'other';
}
/** The last lines of what somebody else wrote, without the empty ones. */
function lastLines(text, count) {
    return text
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '')
        .slice(-count);
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/agent.js



const START_MS = 10_000;
/** An ssh-agent of our own that knows the one key. The key goes there on stdin: it is never in a file or an argv. */
async function startAgent(ports, socket, key) {
    const { exec, clock } = ports;
    const child = exec.start({ argv: (0,build_exec/* guarded */.N)(['ssh-agent', '-D', '-a', socket]) });
    const agent = {
        async stop() {
            child.stdin.end();
            await child.finished;
        },
    };
    const patience = new AbortController();
    const spoke = new Promise((resolve) => child.stdout.once('data', () => resolve('spoke')));
    const start = await Promise.race([spoke, child.finished, clock.sleep(START_MS, patience.signal)]);
    patience.abort();
    if (start !== 'spoke') {
        await agent.stop();
        throw new Error('ssh-agent did not start');
    }
    const argv = ['env', `SSH_AUTH_SOCK=${socket}`, 'SSH_ASKPASS_REQUIRE=never', 'ssh-add', '-q', '-'];
    const added = await exec.run({ argv, input: wholeKey(key), timeoutMs: START_MS });
    if (added.code === 0)
        return agent;
    await agent.stop();
    throw new errors/* UserError */.yo({
        what: 'The ssh-key cannot be used.',
        got: lastLines(added.stderr, 3).join(' ') || 'no words from ssh-add',
        allowed: 'a private key without a passphrase, whole, from its BEGIN line to its END line',
        fix: 'ssh-key: ${{ secrets.SSH_KEY }}',
    });
}
/** Secrets lose their last line end in forms, and get foreign ones. */
function wholeKey(key) {
    return `${key.replaceAll('\r\n', '\n').trimEnd()}\n`;
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/limiter.js
function limiter(max) {
    const waiting = [];
    let running = 0;
    return async (work) => {
        if (running >= max)
            await new Promise((resolve) => waiting.push(resolve));
        else
            running += 1;
        try {
            return await work();
        }
        finally {
            const next = waiting.shift();
            // The place goes straight to the next one, so that nobody slips in between.
            if (next === undefined)
                running -= 1;
            else
                next();
        }
    };
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./packages/vm/build/ssh/argv.js
/**
 * The connection itself, in the foreground. Its remote command is the holder, so that the end of our pipe is the end
 * of the run on the host. The user's ssh configuration is read here, and only here.
 */
function masterArgv(connection, times, forwards, command) {
    const { host, control } = connection;
    const alive = Math.ceil(times.leaseSeconds / times.pingSeconds);
    return [
        ...program(connection),
        '-M',
        '-S',
        control,
        ...options({
            ...strict(connection),
            ConnectTimeout: Math.ceil(times.connectTimeoutMs / 1_000),
            ServerAliveInterval: Math.ceil(times.pingSeconds),
            ServerAliveCountMax: Math.max(alive, 1),
            ControlPersist: 'no',
            ExitOnForwardFailure: 'yes',
            StreamLocalBindUnlink: 'yes',
        }),
        ...forwards.flatMap((forward) => ['-L', forwardSpec(forward)]),
        ...destination(host),
        command,
    ];
}
/**
 * One step over the connection. When the master is gone, ssh would connect anew and leave the holder and its lease
 * behind: a proxy that only fails forbids it. Without the user's configuration, since nothing of it matters any more.
 */
function stepArgv(connection, command) {
    return ['ssh', ...overMaster(connection), ...destination(connection.host), command];
}
/** Asks the master for one more forward. */
function forwardArgv(connection, forward) {
    const [first, ...rest] = overMaster(connection);
    return ['ssh', first, ...rest, '-O', 'forward', '-L', forwardSpec(forward), ...destination(connection.host)];
}
/** Comes by the same route, only to see which key the host shows: the key is written down, nobody is logged in. */
function offeredKeyArgv(connection, knownHosts, connectTimeoutMs) {
    const none = Object.fromEntries(['Pubkey', 'Password', 'KbdInteractive', 'GSSAPI', 'Hostbased'].map((way) => [`${way}Authentication`, 'no']));
    return [
        ...program(connection),
        '-S',
        'none',
        ...options({
            ...strict(connection),
            ...none,
            StrictHostKeyChecking: 'accept-new',
            UserKnownHostsFile: quoted(knownHosts),
            GlobalKnownHostsFile: '/dev/null',
            HashKnownHosts: 'no',
            ConnectTimeout: Math.ceil(connectTimeoutMs / 1_000),
        }),
        ...destination(connection.host),
        'exit',
    ];
}
/** Works in every login shell: the script comes on stdin, so there is nothing to quote and no limit to its length. */
function bootstrap(script) {
    return `exec sh -c 'eval "$(dd ibs=1 count=${Buffer.byteLength(script)} 2>/dev/null)"'`;
}
/** Jump hosts are reached by an ssh of their own, which knows the agent only from the environment. */
function program({ agent }) {
    return agent === undefined ? ['ssh'] : ['env', `SSH_AUTH_SOCK=${agent}`, 'ssh'];
}
function strict({ knownHosts, agent }) {
    return {
        BatchMode: 'yes',
        StrictHostKeyChecking: 'yes',
        UpdateHostKeys: 'no',
        ForwardAgent: 'no',
        ForwardX11: 'no',
        RequestTTY: 'no',
        RemoteCommand: 'none',
        PermitLocalCommand: 'no',
        LogLevel: 'INFO',
        ...(knownHosts === undefined ? {} : { UserKnownHostsFile: quoted(knownHosts) }),
        ...(agent === undefined ? {} : { IdentityAgent: quoted(agent), IdentitiesOnly: 'no' }),
    };
}
function overMaster({ control }) {
    return [
        '-F',
        '/dev/null',
        '-S',
        control,
        ...options({ ControlMaster: 'no', ProxyCommand: 'false', BatchMode: 'yes', RequestTTY: 'no', LogLevel: 'ERROR' }),
    ];
}
function options(values) {
    return Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
function destination({ address, user, port }) {
    const login = user === undefined ? [] : ['-l', user];
    return [...login, ...(port === undefined ? [] : ['-p', String(port)]), '--', address];
}
function forwardSpec({ local, to }) {
    const remote = to.kind === 'unix' ? escaped(to.path) : `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
    return `${escaped(local)}:${remote}`;
}
/** ssh reads `\` and `:` of a forward as its own. */
function escaped(path) {
    return path.replaceAll(/[\\:]/g, '\\$&');
}
function quoted(path) {
    return `"${path}"`;
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
;// CONCATENATED MODULE: ./packages/vm/build/ssh/answers.js
function parseAnswer(line, nonce) {
    // A prompt or a notice without a line end may stand right before it.
    const at = line.indexOf(`${nonce} `);
    if (at < 0)
        return undefined;
    const [kind = '', ...words] = line.slice(at + nonce.length + 1).split(' ');
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = words;
    switch (kind) {
        case 'ready':
            return { kind, hostId: first === '-' ? undefined : first };
        case 'pong':
        case 'released':
        case 'lost':
        case 'bye':
            return { kind };
        case 'held':
            return { kind, fence: Number(first), hostId: second };
        case 'busy':
            return {
                kind,
                hostId: first,
                token: second,
                run: third,
                attempt: fourth,
                ageSeconds: Number(fifth),
                url: sixth,
            };
        case 'fail':
        case 'unkept':
            return { kind, why: words.join(' ') };
        default:
            return undefined;
    }
}
function parseStep(output, nonce) {
    const begin = new RegExp(`\\n${nonce} begin (\\d+) (\\d+)\\n`).exec(output);
    if (begin === null)
        return { process: undefined, fenced: undefined, status: undefined, stdout: '' };
    const body = output.slice(begin.index + begin[0].length);
    const end = new RegExp(`\\n${nonce} (?:end (\\d+)|fenced (.*))\\n`).exec(body);
    return {
        process: { pid: begin[1] ?? '', start: begin[2] ?? '' },
        fenced: end?.[2],
        status: end?.[1] === undefined ? undefined : Number(end[1]),
        stdout: end === null ? body : body.slice(0, end.index),
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/script-text.js

function holderText(vars) {
    const parts = [assignments({ ...vars }), script('process'), script('lease'), script('acquire'), script('holder')];
    return whole(parts);
}
/**
 * A step announces itself with its pid and start time, and ends with its status: what rc files print before, and what
 * is left running behind it, cannot be taken for its own words.
 */
function stepText(step, nonce, fence) {
    const own = { nonce, label: step.label };
    const fenced = fence && {
        fence_state: `${fence.base}/state`,
        fence_number: String(fence.number),
        fence_token: fence.token,
    };
    return whole([
        assignments({ ...own, ...fenced }),
        script('process'),
        'look $$',
        `printf '\\n%s begin %s %s\\n' "$nonce" $$ "$p_since"`,
        ...(fence === undefined ? [] : [script('fence')]),
        '(',
        assignments(step.vars),
        step.script,
        ')',
        'step_status=$?',
        ...(fence === undefined ? [] : ['rm -f "$fence_file"']),
        `printf '\\n%s end %s\\n' "$nonce" "$step_status"`,
        'exit "$step_status"',
    ]);
}
/** One compound command: a shell runs none of it before it has read its last line, so half a script never runs. */
function whole(parts) {
    return `{\n${parts.join('\n')}\n}\n`;
}
function assignments(vars) {
    return Object.entries(vars)
        .map(([name, value]) => {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
            throw new Error(`not a name of a shell variable: ${name}`);
        if (value.includes('\0'))
            throw new Error(`a shell variable cannot hold a zero byte: ${name}`);
        return `${name}='${value.replaceAll("'", "'\\''")}'`;
    })
        .join('\n');
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/step.js








/** A daemon that keeps the pipe of a step open holds it no longer than this. */
const LINGER_MS = 2_000;
const HALT_MS = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
const FENCED_STATUS = 75;
/** Runs one step over the connection. */
async function runStep(step, ports, fence) {
    const { exec, clock, lost, connection } = ports;
    const began = clock.monotonic();
    const nonce = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const text = stepText(step, nonce, fence);
    const child = exec.start({ argv: stepArgv(connection, bootstrap(text)) });
    const heard = hear(child, nonce);
    const over = new AbortController();
    const why = await Promise.race([
        child.finished.then(() => 'finished'),
        heard.ended.then(() => clock.sleep(LINGER_MS, over.signal)).then(() => 'finished'),
        heard.flooded.then(() => new Error(`The step "${step.label}" wrote more than ${MAX_CHARACTERS} characters.`)),
        clock.sleep(step.timeoutMs, over.signal).then(() => 'timeout'),
        feed(child, text, step.input),
        (0,build_clock/* aborted */.QH)(lost, over.signal),
        ...(step.signal === undefined ? [] : [(0,build_clock/* aborted */.QH)(step.signal, over.signal)]),
    ]);
    over.abort();
    if (step.input instanceof external_node_stream_.Readable)
        step.input.destroy();
    if (why !== 'finished' && !lost.aborted)
        await halt(heard.words(), ports);
    child.kill('SIGKILL');
    await child.finished;
    const { status, fenced, stdout } = heard.words();
    const finished = { signal: null, stdout, stderr: heard.stderr(), ms: clock.monotonic() - began, fenced };
    if (fenced !== undefined)
        return { ...finished, code: FENCED_STATUS, timedOut: false };
    if (status !== undefined)
        return { ...finished, code: status, timedOut: false };
    if (why === 'timeout')
        return { ...finished, code: null, timedOut: true };
    if (why instanceof Error && !lost.aborted)
        throw why;
    throw await brokenOff(step, ports, heard);
}
function hear(child, nonce) {
    let stdout = '';
    let stderr = '';
    const ended = Promise.withResolvers();
    const flooded = Promise.withResolvers();
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
        // Only the end is searched, and enough of it for a line that came in two parts.
        const fresh = stdout.slice(-200) + chunk;
        stdout += chunk;
        if (fresh.includes(`\n${nonce} end `))
            ended.resolve();
        if (stdout.length > MAX_CHARACTERS)
            flooded.resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
        stderr = (stderr + chunk).slice(-MAX_CHARACTERS);
    });
    return {
        ended: ended.promise,
        flooded: flooded.promise,
        words: () => parseStep(stdout, nonce),
        stderr: () => stderr,
    };
}
/** Never resolves, except with the error of an input that cannot be read to its end. */
function feed(child, text, input) {
    return new Promise((resolve) => {
        if (!(input instanceof external_node_stream_.Readable)) {
            child.stdin.write(text);
            child.stdin.end(input);
            return;
        }
        input.once('error', resolve);
        child.stdin.write(text);
        input.pipe(child.stdin);
    });
}
/** The end of the channel does not end the step, so it is ended by its process group, in an exec beside it. */
async function halt({ process, status }, ports) {
    if (process === undefined || status !== undefined)
        return;
    const text = stepText({ label: 'halt', script: script('halt'), vars: { ...process } }, (0,external_node_crypto_.randomBytes)(12).toString('hex'));
    const argv = stepArgv(ports.connection, bootstrap(text));
    await ports.exec.run({ argv, input: text, timeoutMs: HALT_MS });
}
async function brokenOff(step, { clock, lost, connection }, heard) {
    const over = new AbortController();
    // The end of a step is often noticed before the end of the connection that caused it.
    await Promise.race([(0,build_clock/* aborted */.QH)(lost, over.signal), clock.sleep(1_000, over.signal)]);
    over.abort();
    const { process, stdout } = heard.words();
    const what = `The step "${step.label}" on ${connection.host.name} ${process === undefined ? 'did not begin' : 'broke off'}`;
    const why = lost.aborted ? [(0,build_clock/* reasonOf */.A3)(lost).message] : [];
    const stderr = lastLines(heard.stderr(), 10);
    const hint = stderr.some((line) => line.includes('Session open refused'))
        ? ['Its sshd allows too few sessions on one connection: MaxSessions must be 10, as it is by default, or more.']
        : [];
    const words = [...why, ...lastLines(stdout, 5), ...stderr, ...hint];
    return new Error([`${what}.`, ...words].join('\n  '), lost.aborted ? { cause: lost.reason } : {});
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/connect.js






/** sshd allows 10 at once on one connection: one is the holder's, one is kept for ending a step. */
const STEPS_AT_ONCE = 8;
const FORWARD_MS = 10_000;
/** The session of an open connection. */
function sessionOn(open) {
    const { connection, holder, base, token } = open;
    const { host } = connection;
    const atOnce = limiter(STEPS_AT_ONCE);
    const lost = new AbortController();
    const running = new Set();
    let hostId = holder.hostId;
    let fence;
    let followed;
    mirror(holder.lost, lost);
    async function run(step) {
        (0,build_clock/* throwIfAborted */.Te)(lost.signal);
        (0,build_clock/* throwIfAborted */.Te)(step.signal);
        if (step.fence === 'fenced' && fence === undefined)
            throw new Error(`no lease of ${host.name} for ${step.label}`);
        const held = step.fence === 'fenced' && fence !== undefined ? { base, number: fence, token } : undefined;
        const { fenced, ...finished } = await runStep(step, { ...open, lost: lost.signal }, held);
        if (fenced !== undefined)
            holder.lose(`the step "${step.label}" was refused by its fence: ${fenced}.`);
        return finished;
    }
    async function forward(added) {
        const argv = forwardArgv(connection, added);
        const { code, stderr } = await open.exec.run({ argv, timeoutMs: FORWARD_MS });
        if (code === 0)
            return;
        throw new Error(`${host.name} does not forward ${keyOf(added.to)}: ${lastLines(stderr, 3).join(' ')}`);
    }
    return {
        host,
        token,
        lost: lost.signal,
        leader: () => followed?.leader() ?? token,
        hostId: () => followed?.hostId() ?? hostId,
        async run(step) {
            if (followed !== undefined)
                return await followed.run(step);
            const work = atOnce(() => run(step));
            running.add(work);
            try {
                return await work;
            }
            finally {
                running.delete(work);
            }
        },
        socket(wanted) {
            const found = open.forwards.find(({ to }) => keyOf(to) === keyOf(wanted));
            if (found === undefined)
                throw new Error(`${host.name} was opened without ${keyOf(wanted)}`);
            return found.local;
        },
        async acquire() {
            if (followed !== undefined)
                return await followed.acquire();
            const answer = await holder.order('acquire');
            if (answer.kind === 'held' || answer.kind === 'busy')
                hostId = answer.hostId;
            if (answer.kind === 'held')
                fence = answer.fence;
            return acquired(host, answer);
        },
        async release() {
            if (followed !== undefined || fence === undefined)
                return;
            await Promise.allSettled(running);
            fence = undefined;
            // Whoever lost the lease has nothing to give back.
            if (!lost.signal.aborted)
                await holder.order('release').catch(() => { });
        },
        async follow(other) {
            followed = other;
            mirror(other.lost, lost);
            await holder.end();
            await other.forward(open.forwards);
        },
        async forward(added) {
            if (followed !== undefined)
                return await followed.forward(added);
            for (const each of added)
                await forward(each);
        },
        async close() {
            if (followed === undefined)
                await holder.end();
        },
    };
}
function acquired(host, answer) {
    if (answer.kind === 'held')
        return { kind: 'held', fence: answer.fence };
    if (answer.kind === 'busy') {
        const { run, attempt, url, ageSeconds, token } = answer;
        return { kind: 'busy', owner: `run ${run}, attempt ${attempt}`, url, ageSeconds, token };
    }
    if (answer.kind === 'fail')
        throw (0,errors/* userError */.IF)(`${host.name}: ${answer.why}`);
    throw new Error(`${host.name} answered "${answer.kind}" to an order for the lease`);
}
function keyOf(forward) {
    return forward.kind === 'unix' ? `unix:${forward.path}` : `tcp:${forward.host}:${forward.port}`;
}
function mirror(from, to) {
    const abort = () => to.abort((0,build_clock/* reasonOf */.A3)(from));
    if (from.aborted)
        abort();
    else
        from.addEventListener('abort', abort, { once: true });
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/holder.js



const KEEP_CHARACTERS = 8_000;
/** For log-in and the start of the login shell, after the connection stands. */
const LOGIN_MS = 15_000;
const END_MS = 3_000;
/** Starts the connection and waits until the holder answers from the host. */
async function openHolder(argv, text, nonce, settings) {
    const { clock, signal } = settings;
    const child = settings.exec.start({ argv });
    const heard = listen(child, nonce);
    child.stdin.write(text);
    const patience = new AbortController();
    const outcome = await Promise.race([
        heard.first,
        child.finished.then(() => 'ended'),
        clock.sleep(settings.connectTimeoutMs + LOGIN_MS, patience.signal).then(() => 'silent'),
        ...(signal === undefined ? [] : [(0,build_clock/* aborted */.QH)(signal, patience.signal)]),
    ]);
    patience.abort();
    if (!(outcome instanceof Error) && typeof outcome === 'object' && outcome.kind === 'ready') {
        return { kind: 'open', holder: holderOn(child, heard, outcome.hostId, settings) };
    }
    child.kill('SIGKILL');
    if (outcome instanceof Error)
        throw outcome;
    const stderr = heard.stderr();
    if (outcome === 'ended')
        return { kind: 'failed', failure: failureKind(stderr), stderr, words: heard.words() };
    const why = typeof outcome === 'object' && outcome.kind === 'fail'
        ? outcome.why
        : 'It logged us in, but no POSIX sh answered; what its login shell printed, if anything, stands above.';
    return { kind: 'failed', failure: 'other', stderr, words: [...heard.words(), why] };
}
function listen(child, nonce) {
    let stderr = '';
    let noise = '';
    let rest = '';
    const first = Promise.withResolvers();
    const heard = {
        first: first.promise,
        onAnswer: first.resolve,
        stderr: () => stderr,
        words: () => [...lastLines(noise, 5), ...lastLines(stderr, 10)],
    };
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
        stderr = (stderr + chunk).slice(-KEEP_CHARACTERS);
    });
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
        const lines = (rest + chunk).split('\n');
        rest = (lines.pop() ?? '').slice(-KEEP_CHARACTERS);
        for (const line of lines) {
            const answer = parseAnswer(line, nonce);
            if (answer === undefined)
                noise = `${noise}${line}\n`.slice(-KEEP_CHARACTERS);
            else
                heard.onAnswer(answer);
        }
    });
    return heard;
}
function holderOn(child, heard, hostId, settings) {
    const { name, clock, log, pingMs, leaseMs } = settings;
    const lost = new AbortController();
    const ended = new AbortController();
    const queue = [];
    // What the host was told up to here it has answered; its own count of silence began no earlier.
    let confirmedAt = clock.monotonic();
    heard.onAnswer = (answer) => {
        const pending = queue.shift();
        if (pending === undefined)
            return;
        if (answer.kind !== 'unkept')
            confirmedAt = pending.sentAt;
        pending.resolve(answer);
    };
    function send(word) {
        if (lost.signal.aborted)
            return Promise.reject((0,build_clock/* reasonOf */.A3)(lost.signal));
        return new Promise((resolve, reject) => {
            queue.push({ word, sentAt: clock.monotonic(), resolve, reject });
            child.stdin.write(`${word}\n`);
        });
    }
    function lose(why) {
        if (ended.signal.aborted)
            return;
        ended.abort();
        const words = [why, ...heard.words()];
        lost.abort(new Error(`The connection to ${name} is lost: ${words.join('\n  ')}`));
        for (const pending of queue.splice(0))
            pending.reject((0,build_clock/* reasonOf */.A3)(lost.signal));
        child.kill('SIGKILL');
    }
    async function ping() {
        const answer = await send('ping');
        if (answer.kind === 'lost')
            lose('another run has taken the lease over.');
        if (answer.kind === 'unkept')
            log.warning(`${name}: ${answer.why}`);
    }
    async function keepAlive() {
        while (!ended.signal.aborted) {
            // A takeover may wait a whole lease time for others to end, before its answer comes.
            const patience = queue.some(({ word }) => word !== 'ping') ? 2 * leaseMs : leaseMs;
            const left = confirmedAt + patience - clock.monotonic();
            if (left <= 0)
                return lose(`no answer for ${Math.round(patience / 1_000)} s.`);
            await clock.sleep(Math.min(pingMs, left), ended.signal).catch(() => { });
            if (!ended.signal.aborted && queue.length === 0)
                void ping().catch(() => { });
        }
    }
    void child.finished.then(({ code }) => lose(`ssh ended with status ${code ?? 'none'}.`));
    void keepAlive();
    return {
        hostId,
        lost: lost.signal,
        order: send,
        lose,
        async end() {
            const bye = ended.signal.aborted ? Promise.resolve() : send('bye').then(() => ended.abort());
            const patience = new AbortController();
            await Promise.race([bye, child.finished, clock.sleep(2 * leaseMs, patience.signal)]).catch(() => { });
            ended.abort();
            child.stdin.end();
            await Promise.race([child.finished, clock.sleep(END_MS, patience.signal)]).catch(() => { });
            patience.abort();
            child.kill('SIGKILL');
            await child.finished;
        },
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/host-key.js



/** Which key the host shows by the route that was just refused; undefined when it does not come to that. */
async function offeredKey(exec, connection, file, connectTimeoutMs) {
    await exec.run({ argv: offeredKeyArgv(connection, file, connectTimeoutMs), timeoutMs: 2 * connectTimeoutMs });
    return parseOfferedKey((await (0,files/* readTextIfThere */.pM)(file)) ?? '');
}
function parseOfferedKey(knownHosts) {
    const line = knownHosts.split('\n').find((each) => each.trim() !== '');
    const [name, type, blob] = line?.trim().split(/\s+/) ?? [];
    if (name === undefined || type === undefined || blob === undefined)
        return undefined;
    const hash = (0,external_node_crypto_.createHash)('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
    return { type, fingerprint: `SHA256:${hash}`, line: `${name} ${type} ${blob}` };
}
/** What the user is told; we never go on with a key that nobody vouched for. */
function hostKeyProblem(name, stderr, offered) {
    const what = `${name}: ${verdict(stderr)}`;
    if (offered === undefined) {
        return { what, fix: 'add its line to known-hosts, as `ssh-keyscan` prints it on a network that you trust' };
    }
    return {
        what,
        got: `${offered.type} ${offered.fingerprint}`,
        allowed: 'a key that known-hosts has for this host',
        fix: [
            'compare the fingerprint with the one on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub).',
            'Only when they are the same, put this line into known-hosts:',
            offered.line,
        ].join('\n'),
    };
}
function verdict(stderr) {
    if (/REVOKED HOST KEY/.test(stderr))
        return 'its host key is marked as revoked in known-hosts.';
    if (/HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
        return 'its host key is another one than known-hosts has: the host was set up anew, or somebody is in between.';
    }
    return 'its host key is not in known-hosts.';
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/open-host.js








const TRIES = 4;
/** Opens one host, or says what is wrong with it. Files of different hosts differ by `index`. */
async function openHost(host, index, runner, settings) {
    const { clock, log, signal } = settings;
    for (let tried = 1;; tried += 1) {
        (0,build_clock/* throwIfAborted */.Te)(signal);
        const began = clock.monotonic();
        const { knownHosts, agent, folder } = runner;
        const connection = { host, control: (0,external_node_path_.join)(folder, `${index}-${tried}`), knownHosts, agent };
        const opened = await openOnce(connection, settings);
        if ('run' in opened) {
            log.debug(`${host.name}: connected in ${Math.round(clock.monotonic() - began)} ms`);
            return opened;
        }
        if (opened.failure !== 'transport' || tried === TRIES)
            return await explain(opened, connection, settings);
        // Jitter, so that hosts behind one gate do not come back all at once.
        const waitMs = (0,external_node_crypto_.randomInt)(100, 300) * 2 ** tried;
        log.debug(`${host.name}: ${opened.words.at(-1) ?? 'no connection'}; trying again in ${waitMs} ms`);
        await clock.sleep(waitMs, signal);
    }
}
async function openOnce(connection, settings) {
    const { host, control } = connection;
    const { exec, clock, log, connectTimeoutMs, lease } = settings;
    const forwards = settings.forwards(host).map((to, number) => ({ local: `${control}-${number}`, to }));
    const vars = holderVars(host, settings);
    const text = holderText(vars);
    const opening = await openHolder(masterArgv(connection, { connectTimeoutMs, ...lease }, forwards, bootstrap(text)), text, vars.nonce, {
        name: host.name,
        exec,
        clock,
        log,
        connectTimeoutMs,
        pingMs: lease.pingSeconds * 1_000,
        leaseMs: lease.leaseSeconds * 1_000,
        signal: settings.signal,
    });
    if (opening.kind === 'failed')
        return opening;
    const { holder } = opening;
    return sessionOn({ exec, clock, connection, holder, base: vars.base, token: vars.token, forwards });
}
function holderVars(host, { lease }) {
    const { app, environment, run, leaseSeconds } = lease;
    return {
        nonce: (0,external_node_crypto_.randomBytes)(12).toString('hex'),
        base: `${host.root}/${app}/${environment}`,
        token: (0,external_node_crypto_.randomBytes)(12).toString('hex'),
        run: word(run.id),
        attempt: String(run.attempt),
        url: word(run.url),
        seconds: String(leaseSeconds),
    };
}
/** A lease is one line of words. */
function word(text) {
    return text.replaceAll(/\s/g, '_') || '-';
}
async function explain(failed, connection, settings) {
    const { host, control } = connection;
    const { exec, connectTimeoutMs } = settings;
    const words = failed.words.join('\n           ');
    const way = `${host.user === undefined ? '' : `${host.user}@`}${host.address}${host.port === undefined ? '' : `:${host.port}`}`;
    switch (failed.failure) {
        case 'host-key': {
            const offered = await offeredKey(exec, connection, `${control}.offered`, connectTimeoutMs);
            return hostKeyProblem(host.name, failed.stderr, offered);
        }
        case 'auth':
            return {
                what: `${host.name} (${way}) refused the log-in.`,
                got: words,
                fix: 'put the public half of ssh-key into ~/.ssh/authorized_keys of that user on the host',
            };
        case 'transport':
            return {
                what: `${host.name} (${way}) was not reached in ${TRIES} tries.`,
                got: words,
                fix: 'check its address and port, and that it lets this machine in',
            };
        case 'other':
            return { what: `${host.name} (${way}) could not be opened.`, got: words };
    }
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/open.js






/** sshd drops some of what comes above 10 connections that are not yet logged in (MaxStartups). */
const OPENING_AT_ONCE = 8;
/** The longest path of a unix socket is 107 bytes, and ssh adds 17 while it starts; the rest are our own names. */
const LONGEST_FOLDER = 60;
/**
 * Opens one connection to each host, at most 8 at a time. Only what breaks before the log-in is tried again. Rejects
 * when nothing can be opened at all: a key that cannot be used, no ssh on this machine.
 */
async function openFleet(hosts, settings) {
    const { exec, privateFolder } = settings;
    if (!/^[\w./-]+$/.test(privateFolder) || privateFolder.length > LONGEST_FOLDER) {
        throw new Error(`no folder for sockets: ${privateFolder}`);
    }
    const { stderr: version } = await exec.run({ argv: ['ssh', '-V'] });
    settings.log.debug(version.trim());
    const folder = await (0,files/* makePrivateFolder */.I2)(privateFolder, 's');
    const sessions = [];
    let agent;
    async function close() {
        await Promise.allSettled(sessions.map((session) => session.close()));
        await agent?.stop();
        await (0,files/* removeTree */.dM)(folder);
    }
    try {
        const { sshKey } = settings;
        const socket = sshKey === undefined ? undefined : (0,external_node_path_.join)(folder, 'agent');
        if (socket !== undefined)
            agent = await startAgent(settings, socket, sshKey ?? '');
        const runner = { folder, knownHosts: await writeKnownHosts(folder, settings.knownHosts), agent: socket };
        const atOnce = limiter(OPENING_AT_ONCE);
        const opening = hosts.map((host, index) => atOnce(() => openHost(host, index, runner, settings)));
        // All of them, so that none is left open when one throws.
        const ended = await Promise.allSettled(opening);
        const opened = ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        sessions.push(...opened.filter((each) => 'run' in each));
        for (const each of ended)
            if (each.status === 'rejected')
                throw each.reason;
        return { sessions, failures: opened.filter((each) => 'what' in each), close };
    }
    catch (cause) {
        await close();
        throw cause;
    }
}
/** Every host or none: rejects with all failures together. */
async function openAll(hosts, settings) {
    const fleet = await openFleet(hosts, settings);
    if (fleet.failures.length === 0)
        return fleet;
    await fleet.close();
    throw new errors/* UserError */.yo(fleet.failures);
}
async function writeKnownHosts(folder, text) {
    if (text === undefined)
        return undefined;
    const file = (0,external_node_path_.join)(folder, 'known_hosts');
    await (0,files/* writeWhole */.f8)(file, `${text.trimEnd()}\n`, 0o600);
    return file;
}

// EXTERNAL MODULE: ./packages/rollout/build/journal.js
var journal = __webpack_require__(9919);
;// CONCATENATED MODULE: ./packages/vm/build/journal.js

function createOwed() {
    const owed = new Map();
    return {
        add(site, lines, state) {
            owed.set(site, (owed.get(site) ?? '') + formatLines(lines, state));
        },
        take(site) {
            const text = owed.get(site) ?? '';
            owed.delete(site);
            return text;
        },
    };
}
function formatLines(lines, state) {
    return lines.map((line) => (0,journal/* formatJournalLine */.Rx)({ ...line, state })).join('');
}
/** The variables of a step that writes its own intent and end around its effect. */
function journalVars(owed, line) {
    return {
        journal_intent: owed + formatLines([line], 'intent'),
        journal_done: formatLines([line], 'done'),
        journal_failed: formatLines([line], 'failed'),
    };
}

// EXTERNAL MODULE: ./packages/kernel/build/parallel.js
var parallel = __webpack_require__(9369);
// EXTERNAL MODULE: ./packages/rollout/build/ledger.js
var build_ledger = __webpack_require__(3835);
// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var build_digest = __webpack_require__(2098);
;// CONCATENATED MODULE: ./packages/vm/build/layout.js

/** The folder that holds `releases/`, `slots/`, `shared/` and `state/`; a leading `~/` is left to the host. */
function baseFolder(host, place) {
    return `${host.root.replace(/\/+$/, '')}/${place.app}/${place.environment}`;
}
/** The name of a release's folder below `releases/`: for people the version, for us the digest. */
function releaseFolder(release) {
    return `${release.version}-${(0,build_digest/* shortDigest */.VK)(release.digest)}`;
}
function versionOf(folder) {
    return folder.slice(0, folder.lastIndexOf('-'));
}

;// CONCATENATED MODULE: ./packages/vm/build/remote.js



const LAST_LINES = 50;
/** One host could not do its part; `message` is one sentence, `lastLines` explains it. */
class HostError extends Error {
    name = 'HostError';
    lastLines;
    constructor(what, lastLines = [], options) {
        super(what, options);
        this.lastLines = lastLines;
    }
}
/** Runs one of our scripts on a host, behind process.sh; rejects with a HostError when the host says why not. */
async function remote_runStep(site, name, call) {
    const { session, base } = site;
    const { functions = '', vars, ...rest } = call;
    const text = [script('common'), functions, script(name)].join('\n');
    const finished = await session.run({ label: name, script: text, vars: { base, ...vars }, ...rest });
    const said = parseSaid(finished.stdout);
    if (finished.code === 0)
        return said;
    const host = session.host.name;
    if (finished.timedOut)
        throw new HostError(`The step "${name}" did not end within ${call.timeoutMs} ms on ${host}.`);
    if (finished.code === FENCED_STATUS)
        throw new HostError(`The lease of ${host} is lost: another run has taken it over.`);
    throw new HostError(firstOf(said, 'error') ??
        `The step "${name}" ended on ${host} with ${finished.signal ?? `status ${finished.code}`}.`, [...allOf(said, 'log'), ...finished.stderr.split('\n').filter((line) => line !== '')].slice(-LAST_LINES));
}
/** A step that only tells ends with the line `end`: less than that is not the whole truth. */
function requireWhole(said, site) {
    if (said.at(-1)?.[0] === 'end')
        return said;
    throw (0,errors/* userError */.IF)(`${site.session.host.name} did not tell all about itself: its answer was cut.`, 'run it again');
}
function firstOf(said, key) {
    return said.find(([name]) => name === key)?.[1];
}
function allOf(said, key) {
    return said.filter(([name]) => name === key).map(([, value]) => value);
}
function parseSaid(stdout) {
    return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
        const blank = line.indexOf(' ');
        return blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
    });
}

;// CONCATENATED MODULE: ./packages/vm/build/services/service.js
function sameProcess(a, b) {
    return a.pid === b.pid && a.since === b.since && a.restarts === b.restarts;
}
/** Reads what `service_status` says. */
function parseService(text) {
    const [slot = '', pid = '', since = '', restarts = '', inside = '', ...folder] = text.split(' ');
    return [
        slot,
        { pid: Number(pid), since, restarts: Number(restarts), inside: inside === 'yes', folder: folder.join(' ') },
    ];
}

;// CONCATENATED MODULE: ./packages/vm/build/host-view.js





function parseHostView(said) {
    return {
        user: firstOf(said, 'user') ?? '',
        missing: allOf(said, 'missing'),
        unwritable: firstOf(said, 'unwritable'),
        releases: new Map(allOf(said, 'release').flatMap(parseRelease)),
        slots: new Map(allOf(said, 'slot').map((text) => text.split(' '))),
        services: new Map(allOf(said, 'service').map(parseService)),
        ledger: allOf(said, 'ledger')
            .map((line) => `${line}\n`)
            .join(''),
        journal: (0,journal/* parseJournal */.z8)(allOf(said, 'journal').join('\n')),
    };
}
/** The release that is installed to run in a slot; null when there is none, or nothing whole. */
function installed(view, slot) {
    return view.releases.get(view.slots.get(slot) ?? '') ?? null;
}
/** The process in the slot, when it is the installed release's. */
function running(view, slot) {
    const service = view.services.get(slot);
    return service?.folder === view.slots.get(slot) ? service : undefined;
}
function holdsWhole(view, release) {
    return view.releases.get(releaseFolder(release))?.digest === release.digest;
}
/** Why nothing could be deployed to this host. */
function unfit(name, base, view) {
    const problems = view.missing.map((tool) => ({
        what: `${name} has no program "${tool}".`,
        fix: `install it on ${name}, for example: apt-get install ${PACKAGES[tool] ?? tool}`,
    }));
    if (view.unwritable === undefined)
        return problems;
    return [
        ...problems,
        {
            what: `On ${name} the user ${view.user} may not write in ${view.unwritable}.`,
            fix: `on ${name}: sudo install -d -o ${view.user} ${base}; or another \`root\` that ${view.user} owns`,
        },
    ];
}
const PACKAGES = {
    setsid: 'util-linux',
    df: 'coreutils',
    readlink: 'coreutils',
    sha256sum: 'coreutils',
};
function parseRelease(text) {
    const [folder = '', digest = ''] = text.split(' ');
    return (0,build_digest/* isDigest */.Bc)(digest) ? [[folder, { version: versionOf(folder), digest }]] : [];
}

;// CONCATENATED MODULE: ./packages/vm/build/traffic.js


/**
 * The share of each server over all balancers: their mean, so that a server which only some of them use counts neither
 * as drained nor as in full service.
 */
async function readShares(balancers, servers, signal) {
    const seen = (await Promise.all(balancers.map(({ balancer }) => balancer.read(servers, signal)))).flat();
    const mean = (ref) => {
        const shares = seen.filter((state) => sameServer(state, ref)).map((state) => state.share);
        return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    };
    return new Map(servers.map((ref) => [serverKey(ref), mean(ref)]));
}
/**
 * Sets the shares on all balancers, then waits: for what goes to 0 until nothing is in flight, for the rest until each
 * balancer calls it up.
 */
async function changeTraffic(balancers, changes, limits, signal) {
    if (changes.length === 0)
        return new Map();
    const set = await Promise.allSettled(balancers.map(({ balancer }) => balancer.set(changes, signal)));
    signal.throwIfAborted();
    const refused = set.find((result) => result.status === 'rejected');
    if (refused !== undefined)
        return blame(changes, refused.reason);
    const leaving = changes.filter(({ share }) => share === 0);
    const joining = changes.filter(({ share }) => share > 0);
    const waits = balancers.flatMap(({ balancer }) => [
        wait(balancer, leaving, (refs) => balancer.drained(refs, limits.drainMs, signal), isBusy),
        wait(balancer, joining, (refs) => balancer.up(refs, limits.upMs, signal), isDown),
    ]);
    const failures = (await Promise.all(waits)).flatMap((each) => [...each]);
    signal.throwIfAborted();
    return new Map(failures);
    async function wait(balancer, refs, until, isLate) {
        if (refs.length === 0)
            return new Map();
        try {
            await until(refs);
            return new Map();
        }
        catch (cause) {
            const states = signal.aborted ? [] : await balancer.read(refs, signal).catch(() => []);
            const late = states.filter(isLate);
            return blame(late.length > 0 ? late : refs, cause);
        }
    }
}
function serverKey(ref) {
    return `${ref.member} ${ref.slot}`;
}
function blame(refs, cause) {
    return new Map(refs.map(({ member }) => [member, new HostError((0,errors/* messageOf */.bD)(cause), [], { cause })]));
}
function sameServer(a, b) {
    return a.member === b.member && a.slot === b.slot;
}
function isBusy(state) {
    return state.inFlight > 0 || state.share > 0;
}
function isDown(state) {
    return !state.up;
}

;// CONCATENATED MODULE: ./packages/vm/build/observe.js







const JOURNAL_LINES = 200;
/** Far enough back for every release that is kept, with failed deployments in between. */
const LEDGER_LINES_PER_KEPT = 10;
/** Looks at every host and balancer, and writes nothing. A host that could not take a release is a UserError. */
async function observe(options, signal) {
    const { sites, slots, balancers } = options;
    const members = [...sites.members];
    const servers = members.flatMap(([member]) => slots.map((slot) => ({ member, slot })));
    const [read, shares] = await Promise.all([
        (0,parallel/* forAll */.L)(sites.all, options.atOnce, (site) => lookAt(site, options, signal)),
        readShares(balancers, servers, signal),
    ]);
    const views = new Map(sites.all.map((site, index) => [site, read[index]]));
    const viewOf = (site) => views.get(site);
    refuseUnfit(members.map(([name, site]) => [name, site, viewOf(site)]));
    const copies = sites.all.map((site) => {
        return { host: site.session.host.name, ...(0,build_ledger/* parseLedger */.h8)(viewOf(site).ledger, 'end') };
    });
    const entries = (0,build_ledger/* union */.KC)(copies.map((copy) => copy.entries));
    const topology = {
        capabilities: options.capabilities,
        members: await (0,parallel/* forAll */.L)(members, options.atOnce, ([name, site]) => memberOf(name, viewOf(site))),
    };
    const memberViews = members.map(([name, site]) => [name, viewOf(site)]);
    return {
        views,
        shares,
        observation: {
            topology,
            entries,
            unfinished: memberViews.filter(([, view]) => (0,journal/* unfinished */.M1)(view.journal).length > 0).map(([name]) => name),
            behind: copies.filter((copy) => (0,build_ledger/* isBehind */.Jm)(copy.entries, entries)).map(({ host }) => host),
            notes: copies.flatMap(({ host, problems }) => problems.map((problem) => `${host}: ${problem}`)),
            balancers: sites.balancers.map(({ session }) => session.host.name),
        },
    };
    async function memberOf(name, view) {
        const states = await Promise.all(slots.map(async (slot) => [slot, await stateOf(name, slot, view)]));
        const drained = balancers.length > 0 && states.every(([, state]) => state.share === 0);
        const ours = (0,journal/* drainedByUs */.Xd)([...balancerJournal(), ...view.journal], name);
        return { id: name, name, slots: Object.fromEntries(states), drainedByOperator: drained && !ours };
    }
    async function stateOf(name, slot, view) {
        const release = installed(view, slot);
        const alive = release !== null && running(view, slot) !== undefined;
        return {
            release,
            healthy: alive && (await options.prober.once(name, slot, release, signal)),
            share: balancers.length === 0 ? 100 : (shares.get(serverKey({ member: name, slot })) ?? 0),
        };
    }
    /** A member that lost its own journal is still known to its balancers. */
    function balancerJournal() {
        return sites.balancers.flatMap((site) => viewOf(site).journal);
    }
}
async function lookAt(site, options, signal) {
    const said = await remote_runStep(site, 'observe', {
        functions: options.service.functions,
        vars: {
            slot_names: options.slots.join(' '),
            ledger_lines: String(options.keep * LEDGER_LINES_PER_KEPT),
            journal_lines: String(JOURNAL_LINES),
        },
        fence: 'free',
        timeoutMs: options.stepMs,
        signal,
    });
    return parseHostView(requireWhole(said, site));
}
function refuseUnfit(members) {
    const problems = members.flatMap(([name, site, view]) => unfit(name, site.base, view));
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
}

// EXTERNAL MODULE: ./packages/kernel/build/release.js
var build_release = __webpack_require__(6205);
;// CONCATENATED MODULE: ./packages/vm/build/probe.js




const LOG_LINES = 50;
/** Most processes that die do so in their first second. */
const FIRST_LOOK_MS = 1_000;
const NEXT_LOOK_MS = 3_000;
/**
 * Resolves once the release in the slot is proved: the health check passed as often as it has to, and the process is
 * the one of `baseline` (without it: the one found at the beginning), never started again. A process that dies in
 * between ends the wait at once.
 */
async function proveMember(claim, baseline, ports) {
    const before = baseline ?? (await build_probe_look(claim, ports)).service;
    if (before === undefined)
        throw await explained(`Nothing runs ${where(claim)}.`, claim, ports);
    await healthyWhile(before, claim, ports);
    await requireSame(before, claim, ports);
}
async function healthyWhile(process, claim, ports) {
    const { site, slot, release } = claim;
    const over = new AbortController();
    const signal = AbortSignal.any([claim.signal, over.signal]);
    try {
        await Promise.race([
            ports.prober.untilHealthy(site.session.host.name, slot, release, signal),
            untilGone(process, { ...claim, signal }, ports),
        ]);
    }
    catch (cause) {
        claim.signal.throwIfAborted();
        throw cause instanceof HostError ? cause : await explained((0,errors/* messageOf */.bD)(cause), claim, ports, cause);
    }
    finally {
        over.abort();
    }
}
/** Never resolves: rejects when the process is not the same any more, or when this is not wanted any longer. */
async function untilGone(process, claim, ports) {
    for (let pause = FIRST_LOOK_MS;; pause = NEXT_LOOK_MS) {
        await ports.clock.sleep(pause, claim.signal);
        await requireSame(process, claim, ports);
    }
}
async function requireSame(process, claim, ports) {
    const { service, log } = await build_probe_look(claim, ports);
    const wrong = objection(service, process, claim, ports.processProof);
    if (wrong !== undefined)
        throw new HostError(wrong, log);
}
function objection(now, before, claim, processProof) {
    const folder = releaseFolder(claim.release);
    if (now === undefined)
        return `The process ${before.pid} ${where(claim)} died while it was probed.`;
    if (!sameProcess(now, before))
        return `The process ${where(claim)} died while it was probed, and was started again.`;
    if (now.folder !== folder)
        return `The process ${where(claim)} is of ${now.folder}, not of ${folder}.`;
    if (!processProof || now.inside)
        return undefined;
    return (`The process ${now.pid} ${where(claim)} cannot be proved to be ${claim.release.version}: ` +
        'neither its program nor its working folder lies in the release. `version-from` names another proof.');
}
async function explained(what, claim, ports, cause) {
    const { log } = await build_probe_look(claim, ports).catch(() => ({ log: [] }));
    return new HostError(what, log, { cause });
}
async function build_probe_look({ site, slot, signal }, { service, stepMs }) {
    const said = await remote_runStep(site, 'status', {
        functions: service.functions,
        vars: { slot, log_lines: String(LOG_LINES) },
        fence: 'free',
        timeoutMs: stepMs,
        signal,
    });
    const found = allOf(requireWhole(said, site), 'service').map(parseService)[0];
    return { service: found?.[1], log: allOf(said, 'log') };
}
function where({ site, slot }) {
    return `in the slot ${slot} of ${site.session.host.name}`;
}

;// CONCATENATED MODULE: ./packages/vm/build/vm-run.js


function memberSite(run, member) {
    const site = run.sites.members.get(member);
    if (site === undefined)
        throw new Error(`there is no member "${member}" in this fleet`);
    return site;
}
function failure(member, cause) {
    const lastLines = cause instanceof HostError ? cause.lastLines : [];
    return { member, name: member, what: (0,errors/* messageOf */.bD)(cause), lastLines };
}

;// CONCATENATED MODULE: ./packages/vm/build/shift.js






/**
 * Changes traffic on all balancers. The effect is not on the hosts, so the intent goes to the members and to the
 * balancers' hosts before it; its end is written there together with whatever comes next.
 */
async function shift(run, step, context) {
    const { balancers, limits } = run.options;
    if (balancers.length === 0)
        return [];
    const lines = step.members.map((member) => lineOf(run, member, step.shares, context));
    const failures = await noteIntents(run, step.members, lines);
    context.signal.throwIfAborted();
    const members = step.members.filter((member) => !failures.has(member));
    const changes = members.flatMap((member) => changesOf(member, step.shares));
    const late = await changeTraffic(balancers, changes, limits, context.signal);
    for (const [member, cause] of late)
        failures.set(member, failure(member, cause));
    const journaled = lines.filter(({ member }) => members.includes(member));
    for (const site of concerned(run, step.members)) {
        const own = aboutSite(run, site, journaled);
        run.owed.add(site, own.filter(({ member }) => !late.has(member)), 'done');
        run.owed.add(site, own.filter(({ member }) => late.has(member)), 'failed');
    }
    for (const change of changes)
        run.shares.set(serverKey(change), change.share);
    return [...failures.values()];
}
/** A member without its intent on disk is left out; without that of a balancer's host nobody's traffic is touched. */
async function noteIntents(run, members, lines) {
    const sites = concerned(run, members);
    const results = await (0,parallel/* settleAll */.j)(sites, run.options.limits.atOnce, async (site) => {
        await remote_runStep(site, 'note', {
            vars: { lines: run.owed.take(site) + formatLines(aboutSite(run, site, lines), 'intent') },
            fence: 'fenced',
            timeoutMs: run.options.limits.stepMs,
        });
    });
    const failures = new Map();
    for (const [index, result] of results.entries()) {
        const site = sites[index];
        if (site === undefined || result.status === 'fulfilled')
            continue;
        const hit = run.sites.balancers.includes(site) ? members : [site.session.host.name];
        for (const member of hit)
            failures.set(member, failure(member, result.reason));
    }
    return failures;
}
function concerned(run, members) {
    return [...new Set([...members.map((member) => memberSite(run, member)), ...run.sites.balancers])];
}
/** A balancer's host keeps the lines of all members, a member its own. */
function aboutSite(run, site, lines) {
    if (run.sites.balancers.includes(site))
        return lines;
    return lines.filter(({ member }) => memberSite(run, member) === site);
}
function lineOf(run, member, shares, context) {
    const { id, attempt } = context.run;
    const before = changesOf(member, shares).map(({ slot }) => [
        slot,
        Math.round(run.shares.get(serverKey({ member, slot })) ?? 0),
    ]);
    return {
        run: id,
        attempt,
        step: context.number,
        kind: 'shift',
        member,
        slot: null,
        before: (0,journal/* formatShares */.Ym)(Object.fromEntries(before)),
        after: (0,journal/* formatShares */.Ym)(shares),
        digest: null,
    };
}
function changesOf(member, shares) {
    return Object.entries(shares).map(([slot, share]) => ({ member, slot, share }));
}

;// CONCATENATED MODULE: ./packages/vm/build/perform.js













/** Does one step on all its members at once; returns the members that failed, each with what explains it. */
async function perform(run, step, context) {
    switch (step.kind) {
        case 'stage':
            return await stage(run, step.members, step.release, context);
        case 'start':
            return await onEach(run, step.members, (member) => start(run, member, step.slot, step.release, context));
        case 'probe':
            return await onEach(run, step.members, (member) => probe(run, member, step.slot, step.release, context));
        case 'shift':
            return await shift(run, step, context);
        case 'soak':
            await run.options.clock.sleep(step.forMs, context.signal);
            return [];
        case 'retire':
            return await onEach(run, step.members, (member) => retire(run, member, step.slot, context));
    }
}
async function onEach(run, members, work) {
    const results = await (0,parallel/* settleAll */.j)(members, run.options.limits.atOnce, work);
    return results.flatMap((result, index) => result.status === 'rejected' ? [failure(members[index] ?? '', result.reason)] : []);
}
/** Members that were seen to hold the release whole are left alone: no bytes are fetched for them. */
async function stage(run, members, id, context) {
    const lacking = members.filter((member) => !holdsWhole(viewOf(run, member), id));
    if (lacking.length === 0)
        return [];
    const release = recordOf(id, context);
    // Bytes that cannot be had are one problem, not one of each member.
    const path = await run.bytes(release, context.signal);
    const tree = release.mediaType === build_release/* TREE_MEDIA_TYPE */.DM;
    return await onEach(run, lacking, async (member) => {
        await effect(run, member, null, context, 'stage', {
            journal: { before: 'absent', after: releaseFolder(id), digest: id.digest },
            vars: {
                dir: releaseFolder(id),
                digest: id.digest,
                size: String(release.size),
                file_name: tree ? '' : (release.fileName ?? release.name),
                file_mode: release.fileMode ?? '0644',
            },
            input: (0,files/* readFrom */.zP)(path),
            timeoutMs: run.options.limits.stageMs,
            signal: context.signal,
        });
    });
}
async function start(run, member, slot, release, context) {
    const { service, limits } = run.options;
    const before = folderIn(run, member, slot);
    run.started.delete(serverKey({ member, slot }));
    const said = await effect(run, member, slot, context, 'start', {
        journal: { before, after: releaseFolder(release), digest: release.digest },
        vars: {
            dir: releaseFolder(release),
            digest: release.digest,
            ...service.vars(memberSite(run, member).session.host, slot, release),
        },
        timeoutMs: service.stopMs + limits.stepMs,
    });
    tellKilled(run, member, said);
    const states = allOf(said, 'service').map(parseService);
    for (const [, state] of states)
        run.started.set(serverKey({ member, slot }), state);
}
async function probe(run, member, slot, release, context) {
    const { prober, service, clock, processProof, limits } = run.options;
    const ports = { prober, service, clock, processProof, stepMs: limits.stepMs };
    const baseline = run.started.get(serverKey({ member, slot }));
    await proveMember({ site: memberSite(run, member), slot, release, signal: context.signal }, baseline, ports);
}
async function retire(run, member, slot, context) {
    const { service, limits } = run.options;
    const before = folderIn(run, member, slot);
    run.started.delete(serverKey({ member, slot }));
    const said = await effect(run, member, slot, context, 'stop', {
        journal: { before, after: 'none', digest: null },
        vars: service.vars(memberSite(run, member).session.host, slot, null),
        timeoutMs: service.stopMs + limits.stepMs,
    });
    tellKilled(run, member, said);
}
/** The folder that the slot names, as far as this run knows. */
function folderIn(run, member, slot) {
    return run.started.get(serverKey({ member, slot }))?.folder ?? viewOf(run, member).slots.get(slot) ?? 'none';
}
const KIND_OF = { stage: 'stage', start: 'start', stop: 'retire' };
/**
 * One fenced exec that writes its intent, has its effect, and writes its end. Starts and stops are not cut short by a
 * cancelled run: they end soon by themselves, and a process is better running than neither here nor there.
 */
async function effect(run, member, slot, context, script, { journal, vars, ...call }) {
    const site = memberSite(run, member);
    const { id, attempt } = context.run;
    const head = { run: id, attempt, step: context.number, kind: KIND_OF[script], member, slot };
    return await remote_runStep(site, script, {
        ...call,
        functions: run.options.service.functions,
        vars: {
            ...vars,
            ...(slot === null ? {} : { slot }),
            ...journalVars(run.owed.take(site), { ...head, ...journal }),
        },
        fence: 'fenced',
    });
}
function tellKilled(run, member, said) {
    const pid = firstOf(said, 'killed');
    if (pid === undefined)
        return;
    run.options.log.info(`${member}: the process ${pid} did not end within ${run.options.service.stopMs} ms, so it was killed.`);
}
function viewOf(run, member) {
    const view = run.seen().views.get(memberSite(run, member));
    if (view === undefined)
        throw new Error(`the member "${member}" was never looked at`);
    return view;
}
function recordOf(id, context) {
    const record = context.releases.get(id.digest);
    if (record === undefined)
        throw new Error(`the record of ${id.version} (${id.digest}) is not among those of the run`);
    if (record.kind === 'file')
        return record;
    throw (0,errors/* userError */.IF)(`${record.name} ${record.version} is an image: hosts run files.`, 'publish files with publish-artifact, and give its "release" output');
}

// EXTERNAL MODULE: ./packages/rollout/build/prune.js
var prune = __webpack_require__(8708);
;// CONCATENATED MODULE: ./packages/vm/build/record.js






/**
 * Appends the entry to the ledger of every host, behind whatever that host has missed, and prunes releases by it. In
 * the entry hosts stand by their ids: two names of one host are one host.
 */
async function record(run, entry, keep) {
    const { views, observation } = run.seen();
    const named = byHostId(run, entry);
    const sites = onePerHost(run.sites.all);
    const results = await (0,parallel/* settleAll */.j)(sites, run.options.limits.atOnce, async (site) => {
        const view = views.get(site);
        const before = run.recorded.get(site) ?? view?.ledger ?? '';
        const added = (0,build_ledger/* continuation */.wi)(before, observation.entries, named);
        const journal = run.owed.take(site);
        if (added === '')
            return await closeJournal(run, site, journal);
        const said = await remote_runStep(site, 'record', {
            vars: {
                prev: (0,build_ledger/* lastDigest */.Lv)(before),
                last: added.trimEnd().split('\n').at(-1) ?? '',
                journal,
                prune: view === undefined ? '' : foldersToPrune(view, before + added, keep).join(' '),
            },
            input: added,
            fence: 'fenced',
            timeoutMs: run.options.limits.stepMs,
        });
        run.recorded.set(site, before + added);
        for (const [what, folder] of said)
            run.options.log.debug(`${site.session.host.name}: ${folder} (${what})`);
    });
    const failures = results.flatMap((result, index) => result.status === 'rejected' ? [failure(sites[index]?.session.host.name ?? '', result.reason)] : []);
    if (failures.length === 0)
        return;
    const told = failures.map(({ name, what }) => `${name}: ${what}`).join('\n');
    throw (0,errors/* userError */.IF)(`The ledger could not be written on ${failures.length} of ${sites.length} hosts.\n${told}`, 'repair what is said, and run it again: the ledgers are brought up to date first');
}
/** A host that has the entry already, as after a restore, still lacks the ends of the last steps. */
async function closeJournal(run, site, lines) {
    if (lines === '')
        return;
    await remote_runStep(site, 'note', { vars: { lines }, fence: 'fenced', timeoutMs: run.options.limits.stepMs });
}
/** Folders of this host that its ledger lets go; the host itself spares what a slot or a process still uses. */
function foldersToPrune(view, ledger, keep) {
    const { entries } = (0,build_ledger/* parseLedger */.h8)(ledger, 'end');
    const present = [...view.releases].map(([folder, { digest }]) => ({ folder, digest }));
    const digests = present.map(({ digest }) => digest);
    const unwanted = new Set((0,prune/* prunable */.W)(digests, entries, keep, []));
    return present.filter(({ digest }) => unwanted.has(digest)).map(({ folder }) => folder);
}
function byHostId(run, entry) {
    const ids = new Map(run.sites.all.map(({ session }) => [session.host.name, session.hostId() ?? session.host.name]));
    const idOf = (name) => ids.get(name) ?? name;
    return { ...entry, hosts: entry.hosts.map(idOf), balancers: entry.balancers.map(idOf) };
}
function onePerHost(sites) {
    const hosts = sites.map((site) => [site.session.hostId() ?? site.session.host.name, site]);
    return [...new Map(hosts).values()];
}

;// CONCATENATED MODULE: ./packages/vm/build/sites.js

/** A member is known by the name of its host, in plans, in the journal and in the balancer's table. */
function sitesOf(place, members, balancers) {
    const sites = new Map([...members, ...balancers.map(({ session }) => session)].map((session) => [session, siteOf(session, place)]));
    const of = (session) => sites.get(session) ?? siteOf(session, place);
    return {
        members: new Map(members.map((session) => [session.host.name, of(session)])),
        balancers: [...new Set(balancers.map(({ session }) => of(session)))],
        all: [...sites.values()],
    };
}
function siteOf(session, place) {
    return { session, base: baseFolder(session.host, place) };
}

;// CONCATENATED MODULE: ./packages/vm/build/target.js





const SLOTS = ['blue'];
/** Hosts that are reached over SSH, with one slot each, behind their balancers. */
function createVmTarget(options) {
    const { balancers, service, prober, lease } = options;
    const { keep, atOnce, stepMs } = options.limits;
    const sites = sitesOf(options.place, options.members, balancers);
    const capabilities = { weights: weightsOf(balancers), slots: 1, replaces: 'stop-start' };
    let observed;
    const run = {
        options,
        sites,
        owed: createOwed(),
        shares: new Map(),
        started: new Map(),
        recorded: new Map(),
        bytes: oncePerRelease(options.fetch),
        seen() {
            if (observed === undefined)
                throw new Error('a target is observed before anything is done to it');
            return observed;
        },
    };
    return {
        capabilities,
        lost: AbortSignal.any(sites.all.map(({ session }) => session.lost)),
        lock: (waitMs, signal) => lease.lock(waitMs, signal),
        unlock: () => lease.unlock(),
        async observe(signal) {
            const wanted = { sites, balancers, service, prober, slots: SLOTS, capabilities, keep, atOnce, stepMs };
            observed = await observe(wanted, signal);
            run.recorded.clear();
            for (const [server, share] of observed.shares)
                run.shares.set(server, share);
            return observed.observation;
        },
        perform: (step, context) => perform(run, step, context),
        record: (entry, kept) => record(run, entry, kept),
    };
}
/** Several balancers can do together what the weakest of them can. */
function weightsOf(balancers) {
    if (balancers.length === 0)
        return 'none';
    return balancers.every(({ balancer }) => balancer.capabilities.weights === 'exact') ? 'exact' : 'by-member';
}
/** All hosts get the same file; a fetch that failed may be tried again. */
function oncePerRelease(fetch) {
    const paths = new Map();
    return async (release, signal) => {
        const path = paths.get(release.digest) ?? fetch(release, signal);
        paths.set(release.digest, path);
        try {
            return await path;
        }
        catch (cause) {
            paths.delete(release.digest);
            throw cause;
        }
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/connect.js







/** At most so many hosts are worked on at once: each has a script running, and the runner two cores. */
const AT_ONCE = 16;
const STEP_MS = 30_000;
const STAGE_MS = 15 * 60_000;
const PING_SHARE = 6;
/** Connects to every host and balancer host, each once, and makes one target of them. */
async function connectTarget(wish, ports) {
    const { clock, log, fetch } = ports;
    const hosts = distinct([...wish.hosts, ...wish.balancers.map(({ host }) => host)]);
    const fleet = await openAll(hosts, {
        ...ports,
        knownHosts: wish.knownHosts,
        sshKey: wish.sshKey,
        connectTimeoutMs: wish.connectTimeoutMs,
        forwards: (host) => forwardsFor(wish, host),
        lease: {
            ...wish.place,
            run: ports.run,
            leaseSeconds: Math.ceil(wish.leaseMs / 1_000),
            pingSeconds: Math.max(1, Math.round(wish.leaseMs / 1_000 / PING_SHARE)),
        },
    });
    const sessionOf = (host) => {
        const session = fleet.sessions.find((each) => isSame(each.host, host));
        if (session === undefined)
            throw new Error(`no session for ${host.name}`);
        return session;
    };
    const members = wish.hosts.map(sessionOf);
    const target = createVmTarget({
        place: wish.place,
        members,
        balancers: wish.balancers.map((uri) => balancerHost(uri, sessionOf(uri.host), ports)),
        service: scriptService({ place: wish.place, ...wish.service, endpoint: (host) => endpointOf(wish.health, host) }),
        prober: createProber(wish, new Map(members.map((session) => [session.host.name, session])), ports),
        processProof: wish.versionFrom.kind === 'process',
        lease: {
            async lock(waitMs, signal) {
                await lockFleet(fleet.sessions, { waitMs, clock, signal, log });
                const twice = sameHost(members);
                if (twice === undefined)
                    return;
                await unlockFleet(fleet.sessions);
                throw twice;
            },
            unlock: () => unlockFleet(fleet.sessions),
        },
        fetch,
        clock,
        log,
        limits: {
            atOnce: AT_ONCE,
            stepMs: STEP_MS,
            stageMs: STAGE_MS,
            drainMs: wish.drainMs,
            upMs: wish.deadlineMs,
            keep: wish.keep,
        },
    });
    return { target, close: () => fleet.close() };
}
function forwardsFor(wish, host) {
    const health = wish.hosts.some((member) => isSame(member, host)) ? [forwardOf(wish.health, host)] : [];
    const sockets = wish.balancers.filter((uri) => isSame(uri.host, host)).map(socketOf);
    return [...health, ...sockets];
}
function balancerHost(uri, session, ports) {
    return { session, balancer: haproxy(uri, session.socket(socketOf(uri)), ports) };
}
function socketOf(uri) {
    return { kind: 'unix', path: uri.socket };
}
/** One host under two names would be drained and restarted twice, and counted as two. */
function sameHost(members) {
    const seen = new Map();
    for (const member of members) {
        const other = seen.get(member.leader());
        if (other !== undefined) {
            return (0,errors/* userError */.IF)(`${other} and ${member.host.name} are one and the same host.`, 'name each host once in `hosts`');
        }
        seen.set(member.leader(), member.host.name);
    }
    return undefined;
}
/** A balancer that runs on a member's host is reached through the member's connection. */
function distinct(hosts) {
    return hosts.filter((host, index) => hosts.findIndex((other) => isSame(other, host)) === index);
}
function isSame(a, b) {
    return a.address === b.address && a.user === b.user && a.port === b.port && a.root === b.root;
}

// EXTERNAL MODULE: ./packages/vm/build/fleet-wish.js
var fleet_wish = __webpack_require__(4506);
;// CONCATENATED MODULE: ./packages/vm/build/run-on-fleet.js





/** One deployment or rollback on the fleet of the inputs: connect, execute, and leave nothing behind here. */
async function runOnFleet(inputs, task, ports) {
    const { log, clock, signal, run } = ports;
    // Not below the runner's own folder for such things: the path of a unix socket has to be short.
    const folder = await (0,files/* makePrivateFolder */.I2)('/tmp', 'slipway-');
    try {
        const wish = (0,fleet_wish/* readFleetWish */.y)(inputs);
        const began = clock.monotonic();
        const connected = await connectTarget(wish, {
            ...ports,
            privateFolder: folder,
            fetch: (release, until) => ports.fetch(release, folder, until),
        });
        log.info(`Connected to ${wish.hosts.length} hosts in ${(0,duration/* humanSeconds */.Nj)(clock.monotonic() - began)}.`);
        try {
            const options = {
                ...task,
                target: connected.target,
                tactics: {
                    strategy: 'rolling',
                    batch: inputs.batch,
                    minAvailable: inputs.minAvailable,
                    allowDowntime: inputs.allowDowntime,
                },
                app: inputs.app,
                environment: inputs.environment,
                maxFailures: inputs.maxFailures,
                keep: inputs.keep,
                lockWaitMs: inputs.lockWait,
                run,
                clock,
                log,
                signal,
            };
            return await executeRemembered(options, ports.remember);
        }
        finally {
            await connected.close();
        }
    }
    finally {
        await (0,files/* removeTree */.dM)(folder);
    }
}


/***/ })

};
