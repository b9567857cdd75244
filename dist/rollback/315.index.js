export const id = 315;
export const ids = [315];
export const modules = {

/***/ 2315:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runOnFleet: () => (/* binding */ runOnFleet)
});

// EXTERNAL MODULE: ./packages/effects/build/files.js + 1 modules
var files = __webpack_require__(9028);
// EXTERNAL MODULE: ./packages/kernel/build/duration.js
var duration = __webpack_require__(8658);
// EXTERNAL MODULE: ./packages/kernel/build/release.js
var build_release = __webpack_require__(6205);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: ./packages/rollout/build/execute.js + 20 modules
var execute = __webpack_require__(6445);
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

// EXTERNAL MODULE: ./packages/vm/build/brought-wish.js + 1 modules
var brought_wish = __webpack_require__(6282);
// EXTERNAL MODULE: ./packages/vm/build/authority.js
var authority = __webpack_require__(8973);
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
            requests: numberOf(row, 'stot'),
            failed: numberOf(row, 'hrsp_5xx') + numberOf(row, 'econ') + numberOf(row, 'eresp'),
            meanMs: numberOf(row, 'ttime'),
            weight: Number(kept.get('srv_uweight')),
            fullWeight: Number(kept.get('srv_iweight')),
        });
    }
    return rows;
}
/** Old versions lack some columns, and an empty cell is nothing counted. */
function numberOf(row, column) {
    return Number(row.get(column) ?? 0);
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

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-figures.js
/** The servers together; the mean is that of all their requests. */
function figuresOf({ process, seen }) {
    const rows = seen.map(({ row }) => row);
    const sum = (of) => rows.reduce((all, row) => all + of(row), 0);
    const requests = sum((row) => row.requests);
    return {
        process,
        requests,
        failed: sum((row) => row.failed),
        meanMs: requests === 0 ? undefined : sum((row) => row.requests * row.meanMs) / requests,
    };
}

// EXTERNAL MODULE: ./packages/vm/build/balancers/uri.js
var balancers_uri = __webpack_require__(9597);
;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-view.js




/** One look, at all backends that the servers are in; one that is not there is a UserError, and so is a server. */
async function look(admin, uri, servers, signal) {
    const backends = [...new Set(servers.map(({ slot }) => (0,balancers_uri/* backendFor */.Mu)(uri, slot)))];
    const commands = backends.flatMap((backend) => [`show stat ${backend} 4 -1`, `show servers state ${backend}`]);
    const replies = await converse(admin, [...commands, 'show info', 'show backend'], signal);
    const [info = '', known = ''] = replies.slice(-2);
    const tables = new Map(backends.map((backend, index) => {
        const [stat = '', state = ''] = replies.slice(2 * index);
        return [backend, rowsOf(admin, backend, stat, state, known.split('\n').slice(1))];
    }));
    return {
        process: (info.match(/^(?:Pid|Start_time_sec): .*$/gm) ?? []).join(', '),
        seen: backends.flatMap((backend) => {
            const named = servers
                .filter(({ slot }) => (0,balancers_uri/* backendFor */.Mu)(uri, slot) === backend)
                .map((asked) => ({ asked, name: (0,balancers_uri/* serverName */.L5)(uri.server, asked.member, asked.slot) }));
            return found(admin, backend, named, tables.get(backend) ?? new Map());
        }),
    };
}
function rowsOf(admin, backend, stat, state, known) {
    if (/^(?:No such proxy|Can't find backend)/m.test(`${stat}\n${state}`))
        throw unknownBackend(admin, backend, known);
    const rows = serverRows(stat, state);
    if (rows === undefined)
        throw notHaproxy(admin, stat);
    return rows;
}
function found(admin, backend, named, known) {
    const missing = named.filter(({ name }) => !known.has(name)).map(({ name }) => name);
    if (missing.length > 0)
        throw unknownServers(admin, backend, missing, [...known.keys()]);
    return named.flatMap(({ asked, name }) => {
        const row = known.get(name);
        return row === undefined ? [] : [{ asked, row }];
    });
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-waits.js


const DRAIN_POLL_MS = 20;
const UP_POLL_MS = 50;
/**
 * Until nothing is in flight on any of the servers. `process` is the one that the drain was told to; `taking` says
 * which of the servers get requests again.
 */
async function untilDrained({ admin, clock, deadlineMs, signal, look }, process, taking) {
    let toldTo = process;
    let quietLooks = 0;
    await poll(clock, DRAIN_POLL_MS, deadlineMs, signal, async (over) => {
        const now = await look();
        toldTo ??= now.process;
        refuseUndrained(admin, taking(now), toldTo === now.process);
        const busy = now.seen.map(({ row }) => row).filter(({ inFlight }) => inFlight > 0);
        if (over && busy.length > 0)
            throw notDrained(admin, busy, deadlineMs);
        // Two in a row: a request may sit between two counters at the moment of one look.
        quietLooks = busy.length === 0 ? quietLooks + 1 : 0;
        return quietLooks === 2;
    });
}
/** Until the balancer's own check calls each of the servers up. */
async function untilUp({ admin, clock, deadlineMs, signal, look }) {
    await poll(clock, UP_POLL_MS, deadlineMs, signal, async (over) => {
        const { seen } = await look();
        const down = seen.map(({ row }) => row).filter((row) => !isConfirmed(row));
        if (over && down.length > 0)
            throw notUp(admin, down, deadlineMs);
        return down.length === 0;
    });
}
/** Asks until it is so; `over` says that the time is up, for the last look to throw what it sees. */
async function poll(clock, everyMs, deadlineMs, signal, isDone) {
    const end = clock.monotonic() + deadlineMs;
    while (!(await isDone(clock.monotonic() >= end)))
        await clock.sleep(everyMs, signal);
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy.js






/**
 * HAProxy through its admin socket, which is reached from here at `path`. Each server has its own share, which is its
 * weight. The `member` of a server is what `{host}` stands for. No change needs a reload, so none cuts a connection.
 */
function haproxyServers(uri, backend, admin, ports) {
    let processAtSet;
    const waiting = (servers, deadlineMs, signal) => {
        return { admin, clock: ports.clock, deadlineMs, signal, look: () => look(admin, uri, servers, signal) };
    };
    return {
        name: `${backend} on ${uri.host.name}`,
        capabilities: { weights: 'exact', shifts: 'each', perClient: false, inFlight: 'exact', cutsOnChange: false },
        async read(servers, signal) {
            const { seen } = await look(admin, uri, servers, signal);
            return seen.map(stateOf);
        },
        async set(changes, signal) {
            const before = await look(admin, uri, changes, signal);
            const commands = commandsFor(admin, backend, before.seen);
            if (commands.length > 0)
                refuseErrors(admin, commands, await converse(admin, commands, signal));
            const after = await look(admin, uri, changes, signal);
            refuseDifferences(admin, after.seen);
            processAtSet = after.process;
        },
        drained(servers, deadlineMs, signal) {
            return untilDrained(waiting(servers, deadlineMs, signal), processAtSet, ({ seen }) => seen.map(({ row }) => row).filter((row) => shareOf(row) > 0));
        },
        up: (servers, deadlineMs, signal) => untilUp(waiting(servers, deadlineMs, signal)),
        figures: async (servers, signal) => figuresOf(await look(admin, uri, servers, signal)),
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

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-map.js



/** Clients are hashed into so many buckets. Those below the number in the map are green's, the others blue's. */
const BUCKETS = 10_000;
const KEY = 'green';
/**
 * The share of green in percent, as the process works with it now. It is one number, so a change of it is one moment
 * for all requests; and since both sides grow from their own end, no client flips back while a share only grows.
 */
async function readGreen(admin, { map, ...routing }, signal) {
    const [reply = ''] = await converse(admin, [`show map ${map}`], signal);
    // Of a key that is there twice, HAProxy takes the first.
    const value = /^0x[0-9a-f]+ green (\d+)$/m.exec(reply)?.[1];
    const buckets = Number(value);
    if (value !== undefined && buckets <= BUCKETS)
        return (100 * buckets) / BUCKETS;
    throw new errors/* UserError */.yo({
        what: `${admin.who} has no map ${map} with the share of green.`,
        got: reply.slice(0, 300),
        allowed: `one line "${KEY} N" with N from 0 to ${BUCKETS}`,
        fix: `${map} with the line "${KEY} 0", and in the configuration:\n${configuration({ map, ...routing })}`,
    });
}
/** One command, then read back: an answer is only a hint. */
async function writeGreen(admin, routing, percent, signal) {
    const command = `set map ${routing.map} ${KEY} ${bucketsFor(percent)}`;
    refuseErrors(admin, [command], await converse(admin, [command], signal));
    const now = await readGreen(admin, routing, signal);
    if (Math.abs(now - percent) < 0.01)
        return;
    throw new errors/* UserError */.yo({
        what: `${admin.who} accepted the change, yet its map ${routing.map} is not as asked.`,
        got: `green ${now} %`,
        allowed: `green ${percent} %`,
        fix: 'look who else changes it: another deployment, a reload',
    });
}
/** The file that HAProxy reads at its start, so that a reload keeps what is so now. */
function mapText(percent) {
    return `${KEY} ${bucketsFor(percent)}\n`;
}
function bucketsFor(percent) {
    return Math.round((percent * BUCKETS) / 100);
}
/** What to write into HAProxy's configuration. A client is known by its cookie, else by its address and program. */
function configuration({ map, blue, green }) {
    return `frontend ...
  http-request set-var(txn.key) req.cook(slipway)
  http-request set-var-fmt(txn.key) "%[src]|%[req.hdr(user-agent)]" unless { req.cook(slipway) -m found }
  http-request set-var(txn.bucket) var(txn.key),xxh32,mod(${BUCKETS})
  http-request set-var(txn.green) str(${KEY}),map_str(${map},0)
  use_backend ${green} if { var(txn.bucket),sub(txn.green) -m int lt 0 }
  default_backend ${blue}`;
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/haproxy-slots.js








/**
 * HAProxy with a backend for each slot, and a map that says which clients go to which: the whole fleet moves at one
 * moment, a share is one of the clients, and no server is told anything but whether it is in service.
 */
function haproxySlots(uri, routing, admin, ports) {
    let processAtSet;
    const waiting = (servers, deadlineMs, signal) => {
        return { admin, clock: ports.clock, deadlineMs, signal, look: () => look(admin, uri, servers, signal) };
    };
    return {
        name: `${routing.map} on ${uri.host.name}`,
        capabilities: { weights: 'exact', shifts: 'together', perClient: true, inFlight: 'exact', cutsOnChange: false },
        async read(servers, signal) {
            const [{ seen }, green] = await Promise.all([
                look(admin, uri, servers, signal),
                readGreen(admin, routing, signal),
            ]);
            return seen.map(({ asked: { member, slot }, row }) => {
                const share = isOut(row) ? 0 : haproxy_slots_shareOf(slot, green);
                return { member, slot, share, up: isUp(row), inFlight: row.inFlight, detail: describeRow(row) };
            });
        },
        async ready(servers, deadlineMs, signal) {
            const green = await readGreen(admin, routing, signal);
            const joining = servers.filter(({ slot }) => haproxy_slots_shareOf(slot, green) === 0).map((ref) => ({ ...ref, share: 100 }));
            if (joining.length === 0)
                return;
            await tell((await look(admin, uri, joining, signal)).seen, 'ready', signal);
            await untilUp(waiting(joining, deadlineMs, signal));
        },
        async set(changes, signal) {
            const { seen } = await look(admin, uri, changes, signal);
            // In service first, so that nobody is sent to a side without servers; out of it last.
            await tell(seen, 'ready', signal);
            const green = greenIn(changes);
            if (green !== undefined && (await readGreen(admin, routing, signal)) !== green) {
                await ports.writeFile(routing.map, mapText(green), signal);
                await writeGreen(admin, routing, green, signal);
            }
            await tell(seen, 'drain', signal);
            processAtSet = (await look(admin, uri, changes, signal)).process;
        },
        async drained(servers, deadlineMs, signal) {
            const green = await readGreen(admin, routing, signal);
            await untilDrained(waiting(servers, deadlineMs, signal), processAtSet, ({ seen }) => seen.filter(({ asked, row }) => !isOut(row) && haproxy_slots_shareOf(asked.slot, green) > 0).map(({ row }) => row));
        },
        up: (servers, deadlineMs, signal) => untilUp(waiting(servers, deadlineMs, signal)),
        figures: async (servers, signal) => figuresOf(await look(admin, uri, servers, signal)),
    };
    /** Members that get nothing from either side are drained one by one; what an operator took out stays so. */
    async function tell(seen, state, signal) {
        const idle = (member) => seen.filter(({ asked }) => asked.member === member).every(({ asked }) => asked.share === 0);
        const commands = seen
            .filter(({ asked, row }) => isOut(row) === (state === 'ready') && idle(asked.member) === (state === 'drain'))
            .filter(({ asked }) => state === 'drain' || asked.share > 0)
            .map(({ asked, row }) => `set server ${routing[asked.slot]}/${row.name} state ${state}`);
        if (commands.length > 0)
            refuseErrors(admin, commands, await converse(admin, commands, signal));
    }
}
function haproxy_slots_shareOf(slot, green) {
    return slot === 'green' ? green : 100 - green;
}
function isOut(row) {
    return row.takenOut !== 'no' || row.weight === 0;
}
/** The one share that all members ask for; undefined when they only shall be taken out. */
function greenIn(changes) {
    const wanted = changes.filter(({ member }) => changes.some((other) => other.member === member && other.share > 0));
    const asked = new Set(wanted.map(({ slot, share }) => (slot === 'green' ? share : 100 - share)));
    if (asked.size <= 1)
        return [...asked][0];
    throw new errors/* UserError */.yo({
        what: 'This balancer moves the traffic of the whole fleet, and members ask for different shares.',
        got: [...asked].map((share) => `green ${share} %`).join(', '),
        fix: 'strategy: blue-green, or canary',
    });
}

;// CONCATENATED MODULE: ./packages/vm/build/balancers/open.js


/** The balancer of an input, whose socket is reached from here at `path`. */
function openBalancer(uri, path, ports) {
    const admin = { who: `HAProxy on ${uri.host.name}`, socket: uri.socket, path, sockets: ports.socket };
    const { routing } = uri;
    return routing.by === 'server'
        ? haproxyServers(uri, routing.backend, admin, ports)
        : haproxySlots(uri, routing, admin, ports);
}

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
/** The file below `state/env/` that holds the variables which a release runs with. */
function environmentFile(release) {
    return `${releaseFolder(release)}+${release.config ?? ''}`;
}
function versionOf(folder) {
    return folder.slice(0, folder.lastIndexOf('-'));
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

// EXTERNAL MODULE: ./packages/vm/build/slots.js
var build_slots = __webpack_require__(9789);
;// CONCATENATED MODULE: ./packages/vm/build/prober.js



/** The health check made from here, through each host's own connection: nothing is needed on the host. */
function createProber(wish, sessions, ports) {
    const targetOf = (member, slot, release) => {
        const { health: url, socket: socketPath } = doorTo(wish, sessions.get(member), slot);
        return { url, socketPath, versionFrom: wish.versionFrom, version: release.version };
    };
    return {
        once: async (member, slot, release, signal) => (await probe_look(targetOf(member, slot, release), ports, signal)).ok,
        untilHealthy: (member, slot, release, signal) => untilHealthy(targetOf(member, slot, release), wish, ports, signal),
    };
}
/** The way to a slot of a host, through its session. */
function doorTo({ health, slots }, session, slot) {
    if (session === undefined)
        throw new Error('no session for this member');
    const { url } = (0,build_health/* endpointOn */.jz)(health, (0,build_slots/* slotOn */.SK)(session.host, slot, slots));
    return {
        url: new URL(url).origin,
        health: url,
        socket: session.socket(forwardOf({ health, slots }, session.host, slot)),
    };
}
/** The forward that the health check of a slot goes through. */
function forwardOf({ health, slots }, host, slot) {
    const { host: to, port } = (0,build_health/* endpointOn */.jz)(health, (0,build_slots/* slotOn */.SK)(host, slot, slots));
    return { kind: 'tcp', host: to, port };
}
/** Where the service listens, as its health check says. Without a host in it, on any address. */
function endpointOf({ health, slots }, host, slot) {
    const { host: address, port } = (0,build_health/* endpointOn */.jz)(health, (0,build_slots/* slotOn */.SK)(host, slot, slots));
    return health.host === '' ? { port } : { port, address };
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ./packages/vm/build/steps/scripts.js
var scripts = __webpack_require__(8048);
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

;// CONCATENATED MODULE: ./packages/vm/build/ssh/config.js
/**
 * The configuration of ssh for a run. ssh hands it on to the jump hosts' ssh, which no option of a command line reaches:
 * so keys are checked and ours are offered at every hop. Of two values the first one counts: ours, then the user's.
 */
function configText(access) {
    const { home, userConfig } = access;
    return [
        ...Object.entries(ours(access)).map(([name, value]) => `${name} ${value}`),
        // The user's blocks end where the next one begins.
        'Host *',
        ...(userConfig === undefined ? [`Include ${quoted(`${home}/.ssh/config`)}`] : [userConfig.trimEnd()]),
        'Host *',
        'Include "/etc/ssh/ssh_config"',
        '',
    ].join('\n');
}
function ours({ knownHosts, agent, certificate, connectTimeoutMs }) {
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
        ConnectTimeout: Math.max(1, Math.ceil(connectTimeoutMs / 1_000)),
        ...(knownHosts === undefined ? {} : { UserKnownHostsFile: quoted(knownHosts) }),
        ...(agent === undefined ? {} : { IdentityAgent: quoted(agent), IdentitiesOnly: 'no' }),
        ...(certificate === undefined ? {} : { CertificateFile: quoted(certificate) }),
    };
}
function quoted(path) {
    return `"${path}"`;
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/argv.js


/**
 * The connection itself, in the foreground. Its remote command is the holder, so that the end of our pipe is the end
 * of the run on the host.
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
            ConnectTimeout: Math.max(1, Math.ceil(times.connectTimeoutMs / 1_000)),
            ServerAliveInterval: Math.ceil(times.pingSeconds),
            ServerAliveCountMax: Math.max(alive, 1),
            ControlPersist: 'no',
            ExitOnForwardFailure: 'yes',
            StreamLocalBindUnlink: 'yes',
        }),
        ...forwards.flatMap((forward) => ['-L', forwardSpec(forward)]),
        ...route(host),
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
function offeredKeyArgv(connection, knownHosts) {
    const none = Object.fromEntries(['Pubkey', 'Password', 'KbdInteractive', 'GSSAPI', 'Hostbased'].map((way) => [`${way}Authentication`, 'no']));
    return [
        ...program(connection),
        '-S',
        'none',
        ...options({
            ...none,
            StrictHostKeyChecking: 'accept-new',
            UserKnownHostsFile: quoted(knownHosts),
            GlobalKnownHostsFile: '/dev/null',
            HashKnownHosts: 'no',
        }),
        ...route(connection.host),
        ...destination(connection.host),
        'exit',
    ];
}
/** Works in every login shell: the script comes on stdin, so there is nothing to quote and no limit to its length. */
function bootstrap(script) {
    return `exec sh -c 'eval "$(dd ibs=1 count=${Buffer.byteLength(script)} 2>/dev/null)"'`;
}
/** The environment is for a ProxyCommand of the user, whose ssh may read another configuration. */
function program({ agent, config }) {
    const ssh = ['ssh', '-F', config];
    return agent === undefined ? [...ssh] : ['env', `SSH_AUTH_SOCK=${agent}`, ...ssh];
}
/** Without jump hosts of its own, those of the user's configuration stay in force. */
function route({ jump }) {
    if (jump === undefined)
        return [];
    return ['-J', jump.length === 0 ? 'none' : jump.map(authority/* formatAuthority */.Pe).join(',')];
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

// EXTERNAL MODULE: ./packages/vm/build/ssh/failure.js
var failure = __webpack_require__(2515);
// EXTERNAL MODULE: ./packages/vm/build/ssh/script-text.js
var script_text = __webpack_require__(4644);
;// CONCATENATED MODULE: ./packages/vm/build/ssh/step.js









/** A daemon that keeps the pipe of a step open holds it no longer than this. */
const LINGER_MS = 2_000;
const HALT_MS = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
const NOISE_CHARACTERS = 8_000;
const FENCED_STATUS = 75;
/** Runs one step over the connection. */
async function runStep(step, ports, fence) {
    const { exec, clock, lost, connection } = ports;
    const began = clock.monotonic();
    const nonce = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const text = (0,script_text/* stepText */.uw)(step, nonce, fence);
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
        noise: () => stdout.slice(-NOISE_CHARACTERS),
        stderr: () => stderr,
    };
}
/** Never resolves, except with the error of an input that cannot be read to its end. */
function feed(child, text, input) {
    return new Promise((resolve) => {
        if (typeof input === 'function') {
            child.stdin.write(text);
            input(child.stdin).then(() => child.stdin.end(), resolve);
            return;
        }
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
    const text = (0,script_text/* stepText */.uw)({ label: 'halt', script: (0,scripts/* script */.K)('halt'), vars: { ...process } }, (0,external_node_crypto_.randomBytes)(12).toString('hex'));
    const argv = stepArgv(ports.connection, bootstrap(text));
    await ports.exec.run({ argv, input: text, timeoutMs: HALT_MS });
}
async function brokenOff(step, { clock, lost, connection }, heard) {
    const over = new AbortController();
    // The end of a step is often noticed before the end of the connection that caused it.
    await Promise.race([(0,build_clock/* aborted */.QH)(lost, over.signal), clock.sleep(1_000, over.signal)]);
    over.abort();
    const { process, stdout } = heard.words();
    const words = process === undefined ? heard.noise() : stdout;
    const what = `The step "${step.label}" on ${connection.host.name} ${process === undefined ? 'did not begin' : 'broke off'}`;
    const why = lost.aborted ? [(0,build_clock/* reasonOf */.A3)(lost).message] : [];
    const stderr = (0,failure/* lastLines */.w$)(heard.stderr(), 10);
    const hint = stderr.some((line) => line.includes('Session open refused'))
        ? ['Its sshd allows too few sessions on one connection: MaxSessions must be 10, as it is by default, or more.']
        : [];
    // A key may be among what was said before.
    const said = (0,failure/* lastLines */.w$)(words, 5).filter((line) => !line.startsWith('key '));
    const told = [...why, ...said.map(failure/* printable */.g$), ...stderr.map(failure/* printable */.g$), ...hint];
    return (0,errors/* userError */.IF)([`${what}.`, ...told].join('\n  '), undefined, lost.aborted ? lost.reason : undefined);
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
    const text = [(0,scripts/* script */.K)('common'), functions, (0,scripts/* script */.K)(name)].join('\n');
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

// EXTERNAL MODULE: ./packages/vm/build/services/choose.js + 6 modules
var choose = __webpack_require__(9430);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
;// CONCATENATED MODULE: ./packages/effects/build/home.js

/** The home folder of our user as the system has it: ssh goes by it, whatever HOME says. */
function loginHome() {
    return (0,external_node_os_.userInfo)().homedir;
}

// EXTERNAL MODULE: ./packages/effects/build/exec.js
var build_exec = __webpack_require__(2138);
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
        got: (0,failure/* lastLines */.w$)(added.stderr, 3).join(' ') || 'no words from ssh-add',
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
        throw new Error(`${host.name} does not forward ${keyOf(added.to)}: ${(0,failure/* lastLines */.w$)(stderr, 3).join(' ')}`);
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
        return { kind: 'failed', failure: (0,failure/* failureKind */.zU)(stderr), stderr, words: heard.words() };
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
        words: () => [...(0,failure/* lastLines */.w$)(noise, 5), ...(0,failure/* lastLines */.w$)(stderr, 10)].map(failure/* printable */.g$),
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
        lost.abort((0,errors/* userError */.IF)(`The connection to ${name} is lost: ${words.join('\n  ')}`));
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



/**
 * Which key was shown where ssh stopped: at the host, or at a jump host on the way. `refused` is the name that ssh
 * looked for. Undefined when nobody shows one.
 */
async function offeredKey(exec, connection, refused, connectTimeoutMs) {
    for (const [number, host] of stopsOn(connection.host, refused).entries()) {
        const file = `${connection.control}.offered-${number}`;
        await exec.run({ argv: offeredKeyArgv({ ...connection, host }, file), timeoutMs: 2 * connectTimeoutMs });
        const offered = parseOfferedKey((await (0,files/* readTextIfThere */.pM)(file)) ?? '');
        if (offered === undefined || (refused !== undefined && offered.name !== refused))
            continue;
        return host === connection.host ? offered : { ...offered, jumpHost: true };
    }
    return undefined;
}
/** As known_hosts has it: `[host]:port`, or the bare name for port 22. */
function refusedName(stderr) {
    const words = /host key is known for (\S+) and|[Hh]ost key for (\S+) (?:has changed|is marked as revoked)/.exec(stderr);
    return words?.[1] ?? words?.[2];
}
/** The host, each of its jump hosts by the way to it, and what only the user's configuration can have named. */
function stopsOn(host, refused) {
    const jumps = host.jump ?? [];
    const hops = jumps.map((hop, index) => ({ ...hop, name: host.name, root: host.root, jump: jumps.slice(0, index) }));
    const direct = /^\[(.+)\]:(\d+)$/.exec(refused ?? '');
    const [address, port] = direct === null ? [refused, '22'] : direct.slice(1);
    const named = address === undefined ? [] : [{ name: host.name, root: host.root, address, port: Number(port) }];
    return [host, ...hops, ...named];
}
function parseOfferedKey(knownHosts) {
    const line = knownHosts.split('\n').find((each) => each.trim() !== '');
    const [name, type, blob] = line?.trim().split(/\s+/) ?? [];
    if (name === undefined || type === undefined || blob === undefined)
        return undefined;
    const hash = (0,external_node_crypto_.createHash)('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
    return { name, type, fingerprint: `SHA256:${hash}`, line: `${name} ${type} ${blob}` };
}
/** What the user is told; we never go on with a key that nobody vouched for. */
function hostKeyProblem(name, stderr, offered) {
    const at = offered?.jumpHost === true ? `, at its jump host ${offered.name}` : '';
    const what = `${name}${at}: ${verdict(stderr)}`;
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










const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 2_000;
/**
 * Opens one host, or says what is wrong with it. What breaks before the log-in is tried again until the connect time-out
 * is over. Files of different hosts differ by `index`.
 */
async function openHost(host, index, runner, settings) {
    const { clock, log, signal } = settings;
    const deadline = clock.monotonic() + settings.connectTimeoutMs;
    for (let tried = 1;; tried += 1) {
        (0,build_clock/* throwIfAborted */.Te)(signal);
        const began = clock.monotonic();
        const { config, agent, folder } = runner;
        const connection = { host, control: (0,external_node_path_.join)(folder, `${index}-${tried}`), config, agent };
        const opened = await openOnce(connection, { ...settings, connectTimeoutMs: deadline - began });
        if ('run' in opened) {
            log.debug(`${host.name}: connected in ${Math.round(clock.monotonic() - began)} ms`);
            return opened;
        }
        const waitMs = jittered(tried);
        if (opened.failure !== 'transport' || clock.monotonic() + waitMs >= deadline) {
            return await explain(opened, tried, connection, settings);
        }
        log.debug(`${host.name}: ${opened.words.at(-1) ?? 'no connection'}; trying again in ${waitMs} ms`);
        await clock.sleep(waitMs, signal);
    }
}
/** So that hosts behind one gate do not come back all at once. */
function jittered(tried) {
    const longest = Math.min(FIRST_WAIT_MS * 2 ** (tried - 1), LONGEST_WAIT_MS);
    return (0,external_node_crypto_.randomInt)(Math.ceil(longest / 3), longest + 1);
}
async function openOnce(connection, settings) {
    const { host, control } = connection;
    const { exec, clock, log, connectTimeoutMs, lease } = settings;
    const forwards = settings.forwards(host).map((to, number) => ({ local: `${control}-${number}`, to }));
    const vars = holderVars(host, settings);
    const text = (0,script_text/* holderText */.ii)(vars);
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
async function explain(failed, tries, connection, settings) {
    const { host } = connection;
    const { exec, connectTimeoutMs } = settings;
    const words = failed.words.join('\n           ');
    const by = host.jump === undefined || host.jump.length === 0 ? '' : ` by ${host.jump.map(authority/* formatAuthority */.Pe).join(', ')}`;
    const way = `${(0,authority/* formatAuthority */.Pe)(host)}${by}`;
    switch (failed.failure) {
        case 'host-key': {
            const offered = await offeredKey(exec, connection, refusedName(failed.stderr), connectTimeoutMs);
            return hostKeyProblem(host.name, failed.stderr, offered);
        }
        case 'auth':
            return {
                what: `${host.name} (${way}) refused the log-in.`,
                got: words,
                fix: settings.certificate === undefined
                    ? 'put the public half of ssh-key into ~/.ssh/authorized_keys of that user on the host'
                    : 'see when the certificate ends and whom it names: ssh-keygen -L -f key-cert.pub',
            };
        case 'forbidden':
            return {
                what: `${host.name} (${way}) was not reached: a jump host leads nobody on.`,
                got: words,
                fix: 'AllowTcpForwarding yes in the sshd_config of the jump host, and a PermitOpen that names the next one',
            };
        case 'transport':
            return {
                what: `${host.name} (${way}) was not reached within ${(0,duration/* formatDuration */.a3)(connectTimeoutMs)}, in ${tries} tries.`,
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
        const runner = { folder, config: await writeConfig(folder, socket, settings), agent: socket };
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
/** The file of the ssh configuration; what it names lies beside it. */
async function writeConfig(folder, agent, settings) {
    const { userConfig, connectTimeoutMs } = settings;
    const [knownHosts, certificate] = await Promise.all([
        writeIfGiven((0,external_node_path_.join)(folder, 'known_hosts'), settings.knownHosts),
        writeIfGiven((0,external_node_path_.join)(folder, 'key-cert.pub'), settings.certificate),
    ]);
    const access = { knownHosts, agent, certificate, home: loginHome(), userConfig, connectTimeoutMs };
    const file = (0,external_node_path_.join)(folder, 'config');
    await (0,files/* writeWhole */.f8)(file, configText(access), 0o600);
    return file;
}
async function writeIfGiven(file, text) {
    if (text === undefined)
        return undefined;
    await (0,files/* writeWhole */.f8)(file, `${text.trimEnd()}\n`, 0o600);
    return file;
}

// EXTERNAL MODULE: ./packages/vm/build/hooks/hook.js + 1 modules
var hooks_hook = __webpack_require__(2464);
;// CONCATENATED MODULE: ./packages/vm/build/beside.js


/** What this run does that no step of a plan shows, and how it wants its release to be run. */
function besideOf(run) {
    const { hooks, brings, service } = run.options;
    const told = [...hooks.map(hooks_hook/* describeHook */.PY), ...ownHooks([...run.seen().views.values()], brings?.release)];
    return {
        ...(told.length === 0 ? {} : { beside: told }),
        ...(brings === undefined ? {} : { settings: { ...service.kept, shared: brings.shared.join(' ') } }),
        ...(brings?.migrate === undefined ? {} : { migrates: true }),
    };
}
/** Known as soon as one host has the release. */
function ownHooks(views, release) {
    if (release === undefined)
        return [];
    const names = new Set(views.flatMap((view) => view.hooks.get(releaseFolder(release)) ?? []));
    return [...names].map((name) => `${name} on host: the release's own hook, .slipway/hooks/${name}`);
}

// EXTERNAL MODULE: ./packages/vm/build/env-file.js
var env_file = __webpack_require__(530);
;// CONCATENATED MODULE: ./packages/vm/build/configuration.js


function createConfiguration(text) {
    let named;
    return {
        name: (found) => {
            if (text === undefined)
                return undefined;
            const key = named?.key ?? found ?? (0,external_node_crypto_.randomBytes)(32).toString('hex');
            named ??= { id: (0,env_file/* configId */.k2)(text, key), key, text };
            return named.id;
        },
        known: () => named,
    };
}

// EXTERNAL MODULE: ./packages/kernel/build/parallel.js
var parallel = __webpack_require__(9369);
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

;// CONCATENATED MODULE: ./packages/vm/build/vm-run.js


function memberSite(run, member) {
    const site = run.sites.members.get(member);
    if (site === undefined)
        throw new Error(`there is no member "${member}" in this fleet`);
    return site;
}
function vm_run_failure(member, cause) {
    if (cause instanceof HostError)
        return { member, name: member, what: cause.message, lastLines: cause.lastLines };
    const [what = '', ...lastLines] = (0,errors/* messageOf */.bD)(cause).split('\n');
    return { member, name: member, what, lastLines };
}

;// CONCATENATED MODULE: ./packages/vm/build/effect.js




/** Does it on all these members at once. */
async function onEach(run, members, work) {
    const results = await (0,parallel/* settleAll */.j)(members, run.options.limits.atOnce, work);
    return results.flatMap((result, index) => result.status === 'rejected' ? [vm_run_failure(members[index] ?? '', result.reason)] : []);
}
/** Parts of one step, each on the members that did the ones before it. */
async function inTurn(members, parts) {
    const failures = [];
    for (const part of parts) {
        const left = members.filter((id) => !failures.some(({ member }) => member === id));
        if (left.length > 0)
            failures.push(...(await part(left)));
    }
    return failures;
}
const KIND_OF = {
    stage: 'stage',
    'stage-image': 'stage',
    configure: 'stage',
    start: 'start',
    settle: 'probe',
    stop: 'retire',
};
/**
 * One fenced exec that writes its intent, has its effect, and writes its end. Starts and stops are not cut short by a
 * cancelled run: they end soon by themselves, and a process is better running than neither here nor there.
 */
async function effect(run, member, slot, context, script, { journal, vars, functions = '', ...call }) {
    const site = memberSite(run, member);
    const { id, attempt } = context.run;
    const head = { run: id, attempt, step: context.number, kind: KIND_OF[script], member, slot };
    return await remote_runStep(site, script, {
        ...call,
        functions: `${run.options.service.functions}\n${functions}`,
        vars: {
            ...vars,
            ...(slot === null ? {} : { slot }),
            ...journalVars(run.owed.take(site), { ...head, ...journal }),
        },
        fence: 'fenced',
    });
}
function viewOf(run, member) {
    const view = run.seen().views.get(memberSite(run, member));
    if (view === undefined)
        throw new Error(`the member "${member}" was never looked at`);
    return view;
}

;// CONCATENATED MODULE: ./packages/vm/build/hooks/run-program.js






const run_program_LAST_LINES = 50;
/** Runs a program of the user on a member; what it writes goes to the log. Rejects with its last lines. */
async function runOnHost(run, member, program, signal) {
    const { session, base } = memberSite(run, member);
    const { argv, release, journal, timeoutMs } = program;
    const variables = { ...program.variables, SLIPWAY_HOST: member };
    const finished = await session.run({
        label: 'program',
        script: [(0,scripts/* script */.K)('common'), (0,scripts/* script */.K)('program')].join('\n'),
        vars: {
            base,
            dir: release === null ? '' : releaseFolder(release),
            config: release?.config ?? '',
            argument_count: String(argv.length),
            ...Object.fromEntries(argv.map((word, index) => [`argument_${index + 1}`, word])),
            env_names: [...Object.keys(variables), 'SLIPWAY_RELEASE_DIR'].join(' '),
            env_SLIPWAY_RELEASE_DIR: '',
            ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`env_${name}`, value])),
            line_begun: journal?.begun ?? '',
            line_done: journal?.done ?? '',
            line_failed: journal?.failed ?? '',
        },
        fence: 'fenced',
        timeoutMs,
        signal,
    });
    if (finished.code === FENCED_STATUS)
        throw new HostError(`The lease of ${member} is lost: another run has taken it over.`);
    await run_program_judge(run, program, `${member}: `, finished);
}
/** Runs a program of the user on the runner, in its workspace. */
async function runOnRunner(run, program, signal) {
    const { exec, folder, env } = run.options.runner;
    const { argv, timeoutMs, variables } = program;
    const finished = await exec.run({
        argv,
        cwd: folder,
        env: { ...withoutOurs(env), ...variables },
        timeoutMs,
        signal,
    });
    signal.throwIfAborted();
    const stdout = [finished.stdout, finished.stderr].filter((text) => text !== '').join('\n');
    await run_program_judge(run, program, '', { ...finished, stdout });
}
async function run_program_judge({ options: { log } }, { title, timeoutMs }, where, ended) {
    const said = ended.stdout.split('\n').filter((line) => line.trim() !== '');
    if (said.length > 0)
        await log.group(`${where}${title}`, async () => log.foreign(said.join('\n')));
    if (ended.code === 0)
        return;
    const how = ended.timedOut
        ? `did not end within ${(0,duration/* formatDuration */.a3)(timeoutMs)}, so it was ended with all that it had started`
        : `ended with ${ended.signal ?? `status ${ended.code}`}`;
    throw new HostError(`${title} ${how}.`, said.slice(-run_program_LAST_LINES));
}
/** The environment for programs of the user: inputs, and what only this action may say to its runner, stay with it. */
function withoutOurs(env) {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(INPUT_|STATE_|ACTIONS_|GITHUB_(OUTPUT|STATE)$)/.test(name)));
}

// EXTERNAL MODULE: ./packages/rollout/build/ledger.js
var build_ledger = __webpack_require__(3835);
;// CONCATENATED MODULE: ./packages/vm/build/hooks/variables.js

/** The variables that hooks and migrations get, all of them always; what is not known is empty. */
function variablesOf(run, { release, slot, members, outcome }, context) {
    const { place, brings } = run.options;
    const live = (0,build_ledger/* liveId */.e7)(run.seen().observation.entries);
    const left = context.phase === 'back' ? brings?.release : live;
    return {
        SLIPWAY_APP: place.app,
        SLIPWAY_ENVIRONMENT: place.environment,
        SLIPWAY_VERSION: release.version,
        SLIPWAY_DIGEST: release.digest,
        SLIPWAY_PREVIOUS_VERSION: left?.version ?? '',
        SLIPWAY_SLOT: slot ?? '',
        SLIPWAY_MEMBERS: members.join(' '),
        SLIPWAY_OUTCOME: outcome ?? '',
        SLIPWAY_PHASE: context.phase,
        SLIPWAY_RUN_URL: context.run.url,
        SLIPWAY_HOST: '',
        SLIPWAY_RELEASE_DIR: '',
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/hooks/at-moment.js







/**
 * Runs what belongs to a moment of a step: first the release's own hooks, then the workflow's in their order. A member
 * whose hook failed takes no part in later ones, and is returned. On the way back only the hooks of the release that
 * comes back run, and they only warn: its health decides, and what serves users must not hang on a hook.
 */
async function runHooks(run, moment, scene, context) {
    const own = (members) => at_moment_ownHooks(run, moment, { ...scene, members }, context);
    if (context.phase === 'back' || run.options.restores === true) {
        for (const { name, what } of await own(scene.members))
            run.options.log.warning(`${name}: ${what}`);
        return [];
    }
    const given = run.options.hooks.filter((hook) => hook.moment === moment);
    return await inTurn(scene.members, [
        own,
        ...given.map((hook) => (members) => workflowHook(run, hook, { ...scene, members }, context)),
    ]);
}
/** The last hooks of all. What went wrong with them is said, and changes nothing of how the deployment ended. */
async function concludeWithHooks(run, { succeeded, outcome, release, members }, context) {
    const moment = succeeded ? 'after-deploy' : 'on-failure';
    const everybody = [...run.sites.members.keys()];
    const scene = { release, slot: null, members: succeeded ? members : everybody, outcome };
    try {
        return (await runHooks(run, moment, scene, context)).map(({ name, what }) => `${name}: ${what}`);
    }
    catch (thrown) {
        return [`${moment}: ${(0,errors/* messageOf */.bD)(thrown)}`];
    }
}
async function at_moment_ownHooks(run, moment, scene, context) {
    const having = scene.members.filter((member) => hooksOf(run, member, scene).includes(moment));
    const program = {
        title: `The hook ${moment} of ${scene.release.version}`,
        argv: [`.slipway/hooks/${moment}`],
        timeoutMs: hooks_hook/* HOOK_TIMEOUT_MS */.rU,
        variables: variablesOf(run, scene, context),
        release: scene.release,
    };
    return await onEach(run, having, (member) => runOnHost(run, member, program, context.signal));
}
function hooksOf(run, member, { release }) {
    const folder = releaseFolder(release);
    return run.stagedHooks.get(`${member} ${folder}`) ?? viewOf(run, member).hooks.get(folder) ?? [];
}
async function workflowHook(run, hook, scene, context) {
    const { argv, timeoutMs } = hook;
    const program = {
        title: `The hook ${(0,hooks_hook/* describeHook */.PY)(hook)}`,
        argv,
        timeoutMs,
        variables: variablesOf(run, scene, context),
    };
    // Before it is staged there is no folder of the release to run in.
    const release = hook.moment === 'before-stage' ? null : scene.release;
    switch (hook.on) {
        case 'host':
            return await onEach(run, scene.members, (member) => runOnHost(run, member, { ...program, release }, context.signal));
        case 'once': {
            const first = scene.members.slice(0, run.done.has(hook) ? 0 : 1);
            run.done.add(hook);
            return await onEach(run, first, (member) => runOnHost(run, member, { ...program, release }, context.signal));
        }
        case 'runner':
            try {
                await runOnRunner(run, program, context.signal);
                return [];
            }
            catch (cause) {
                return scene.members.map((member) => vm_run_failure(member, cause));
            }
    }
}

// EXTERNAL MODULE: ./packages/kernel/build/names.js
var names = __webpack_require__(8288);
;// CONCATENATED MODULE: ./packages/vm/build/services/answer.js





const EXAMPLE = '{"running":true,"pid":4711,"since":"2026-01-01T00:00:00Z","restarts":0,"version":"v1","digest":"sha256:..."}';
/** Reads what a program answered to `status`; undefined = nothing runs. Its word is the proof of the version. */
function answer_parseAnswer(text) {
    const answer = (0,json/* parseJson */.qF)(text);
    if (!(0,json/* isObject */.Gv)(answer) || typeof answer.running !== 'boolean') {
        throw wrong('is no JSON object with "running": true or false', text.trim() || 'nothing');
    }
    if (!answer.running)
        return undefined;
    const { pid, since = '', restarts = 0, version, digest } = answer;
    if (!(0,json/* isInteger */.Fq)(pid) || pid < 1)
        throw wrong('has no "pid"', text, 'the process id, a whole number from 1');
    if (!(0,json/* isString */.Kg)(since))
        throw wrong('has a "since" that is no text', text, 'when the process began, in any form');
    if (!(0,json/* isInteger */.Fq)(restarts) || restarts < 0)
        throw wrong('has wrong "restarts"', text, 'a whole number from 0, or absent');
    if (!(0,json/* isString */.Kg)(version) || !(0,names/* isVersion */.lF)(version))
        throw wrong('has no "version"', text, names/* VERSION_RULE */.wI);
    if (!(0,build_digest/* isDigest */.Bc)(digest))
        throw wrong('has no "digest"', text, 'sha256: and 64 hexadecimal digits, as the request had it');
    return { pid, since, restarts, inside: true, folder: releaseFolder({ version, digest }) };
}
function wrong(how, got, allowed) {
    const problem = {
        what: `The answer of the service's command to "status" ${how}.`,
        got,
        ...(allowed === undefined ? {} : { allowed }),
        fix: `${EXAMPLE}, or {"running":false}`,
    };
    return new errors/* UserError */.yo(problem);
}

;// CONCATENATED MODULE: ./packages/vm/build/services/service.js


function sameProcess(a, b) {
    return a.pid === b.pid && a.since === b.since && a.restarts === b.restarts;
}
/** Reads all that `service_status` said, for the slots in which something runs. */
function servicesIn(said) {
    return [...allOf(said, 'service').map(parseService), ...allOf(said, 'answered').flatMap(parseAnswered)];
}
/** A program of the user's said it in JSON. */
function parseAnswered(text) {
    const [slot = ''] = text.split(' ', 1);
    const state = answer_parseAnswer(text.slice(slot.length + 1));
    return state === undefined ? [] : [[slot, state]];
}
/** Reads one line of `service_status`. */
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
        lacks: allOf(said, 'lacks'),
        paths: { base: firstOf(said, 'base'), systemctl: firstOf(said, 'systemctl') },
        releases: new Map(allOf(said, 'release').flatMap(parseRelease)),
        shared: new Map(allOf(said, 'shared').map(splitFirst)),
        hooks: parseToldHooks(said),
        migrations: allOf(said, 'migration'),
        begun: new Map(allOf(said, 'begun').map(parseBegun)),
        slots: new Map(allOf(said, 'slot').map((text) => text.split(' '))),
        configs: new Map(allOf(said, 'config')
            .map((text) => text.split(' '))
            .filter(([, config]) => config !== '')),
        environments: new Set(allOf(said, 'env')),
        configKey: firstOf(said, 'key'),
        services: new Map(servicesIn(said)),
        ledger: allOf(said, 'ledger')
            .map((line) => `${line}\n`)
            .join(''),
        journal: (0,journal/* parseJournal */.z8)(allOf(said, 'journal').join('\n')),
    };
}
/** What `tell_hooks` said. */
function parseToldHooks(said) {
    return new Map(allOf(said, 'hooks')
        .map(splitFirst)
        .map(([folder, names]) => [folder, names.split(' ')]));
}
/** The release that is installed to run in a slot; null when there is none, or nothing whole. */
function installed(view, slot) {
    const release = view.releases.get(view.slots.get(slot) ?? '');
    if (release === undefined)
        return null;
    const config = view.configs.get(slot);
    return config === undefined ? release : { ...release, config };
}
/** The process in the slot, when it is the installed release's. */
function running(view, slot) {
    const service = view.services.get(slot);
    return service?.folder === view.slots.get(slot) ? service : undefined;
}
function holdsWhole(view, release) {
    return view.releases.get(releaseFolder(release))?.digest === release.digest;
}
/** Whole, and with these shared paths. */
function holdsLinked(view, release, shared) {
    return holdsWhole(view, release) && (view.shared.get(releaseFolder(release)) ?? '') === shared;
}
/** Without a configuration there is nothing to hold. */
function holdsConfig(view, release) {
    return release.config === undefined || view.environments.has(environmentFile(release));
}
/** A host as its service is told about it. */
function serviceHost(name, base, { user, lacks, paths }) {
    return { name, user, lacks, base: paths.base ?? base, systemctl: paths.systemctl };
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
function splitFirst(text) {
    const blank = text.indexOf(' ');
    return blank < 0 ? [text, ''] : [text.slice(0, blank), text.slice(blank + 1)];
}
function parseRelease(text) {
    const [folder = '', digest = ''] = text.split(' ');
    return (0,build_digest/* isDigest */.Bc)(digest) ? [[folder, { version: versionOf(folder), digest }]] : [];
}
function parseBegun(text) {
    const [folder = '', bytes = ''] = text.split(' ');
    return [folder, Number(bytes) || 0];
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
 * Sets the shares on all balancers, once what joins is called up where everybody would follow at once. Then it waits: for what goes to 0 until nothing is in flight, for the rest until each
 * balancer calls it up.
 */
async function changeTraffic(balancers, changes, limits, signal) {
    if (changes.length === 0)
        return new Map();
    const leaving = changes.filter(({ share }) => share === 0);
    const joining = changes.filter(({ share }) => share > 0);
    const refused = (await refusal(async ({ balancer }) => balancer.ready?.(joining, limits.upMs, signal))) ??
        (await refusal(({ balancer }) => balancer.set(changes, signal)));
    if (refused !== undefined)
        return blame(changes, refused.reason);
    const waits = balancers.flatMap(({ balancer }) => [
        wait(balancer, leaving, (refs) => balancer.drained(refs, limits.drainMs, signal), isBusy),
        wait(balancer, joining, (refs) => balancer.up(refs, limits.upMs, signal), isDown),
    ]);
    const failures = (await Promise.all(waits)).flatMap((each) => [...each]);
    signal.throwIfAborted();
    return new Map(failures);
    async function refusal(ask) {
        const answers = await Promise.allSettled(balancers.map(ask));
        signal.throwIfAborted();
        return answers.find((answer) => answer.status === 'rejected');
    }
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
async function observe(options, naming, signal) {
    const { sites, slots, balancers } = options;
    const members = [...sites.members];
    const servers = members.flatMap(([member]) => slots.map((slot) => ({ member, slot })));
    const [{ views, lost }, shares] = await Promise.all([
        lookAtAll(options, signal),
        readShares(balancers, servers, signal),
    ]);
    const viewOf = (site) => views.get(site);
    const seen = members.map(([name, site]) => [name, site, viewOf(site)]);
    refuseUnfit(seen, options.service);
    refuseOtherLinks(members.map(([name, site]) => [name, viewOf(site)]), options.brings);
    const copies = sites.all.map((site) => {
        return { host: site.session.host.name, ...(0,build_ledger/* parseLedger */.h8)(viewOf(site).ledger, 'end') };
    });
    const entries = (0,build_ledger/* union */.KC)(copies.map((copy) => copy.entries));
    const topology = {
        capabilities: options.capabilities,
        members: await (0,parallel/* forAll */.L)(members, options.atOnce, ([name, site]) => memberOf(name, viewOf(site))),
    };
    const config = naming.name(sites.all.map((site) => viewOf(site).configKey).find((key) => key !== undefined));
    const memberViews = members.map(([name, site]) => [name, viewOf(site)]);
    return {
        views,
        setups: setupsOf(seen, options.service),
        shares,
        lost,
        observation: {
            topology,
            entries,
            unfinished: memberViews.filter(([, view]) => (0,journal/* unfinished */.M1)(view.journal).length > 0).map(([name]) => name),
            behind: copies.filter((copy) => (0,build_ledger/* isBehind */.Jm)(copy.entries, entries)).map(({ host }) => host),
            notes: copies.flatMap(({ host, problems }) => problems.map((problem) => `${host}: ${problem}`)),
            balancers: sites.balancers.map(({ session }) => session.host.name),
            ...(config === undefined ? {} : { config }),
        },
    };
    async function memberOf(name, view) {
        const states = await Promise.all(slots.map(async (slot) => [slot, await stateOf(name, slot, view)]));
        const drained = balancers.length > 0 && states.every(([, state]) => state.share === 0);
        const ours = (0,journal/* drainedByUs */.Xd)(view.journal, name, balancerJournals());
        return { id: name, name, slots: Object.fromEntries(states), drainedByOperator: drained && !ours };
    }
    async function stateOf(name, slot, view) {
        const release = installed(view, slot);
        const alive = release !== null && running(view, slot) !== undefined && !isLost(name);
        return {
            release,
            healthy: alive && (await options.prober.once(name, slot, release, signal)),
            share: balancers.length === 0 ? 100 : (shares.get(serverKey({ member: name, slot })) ?? 0),
        };
    }
    function isLost(name) {
        const site = sites.members.get(name);
        return site !== undefined && lost.has(site);
    }
    /** A member that lost its journal, or was lost itself when it was drained, is still known to its balancers. */
    function balancerJournals() {
        return sites.balancers.map((site) => viewOf(site).journal);
    }
}
/** All that cannot be seen is told together. */
async function lookAtAll(options, signal) {
    const { sites, former, atOnce } = options;
    const isGone = (site) => site.session.lost.aborted && !sites.balancers.includes(site);
    const lost = new Set(former === undefined ? [] : sites.all.filter(isGone));
    const results = await (0,parallel/* settleAll */.j)(sites.all, atOnce, async (site) => {
        const known = lost.has(site) ? former?.get(site) : undefined;
        return known ?? (await lookAt(site, options, signal));
    });
    signal.throwIfAborted();
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length === 1)
        throw failures[0];
    if (failures.length > 1)
        throw new errors/* UserError */.yo(failures.map((failure) => ({ what: (0,errors/* messageOf */.bD)(failure) })));
    const views = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return { views: new Map(sites.all.map((site, index) => [site, views[index]])), lost };
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
/** The links of a release that runs cannot be changed below it, and nobody would see that they are others. */
function refuseOtherLinks(members, brings) {
    if (brings === undefined)
        return;
    const { release, shared } = brings;
    const folder = releaseFolder(release);
    const other = members.filter(([, view]) => [...view.slots.values()].includes(folder) &&
        holdsWhole(view, release) &&
        !holdsLinked(view, release, shared.join(' ')));
    const [first] = other;
    if (first === undefined)
        return;
    throw new errors/* UserError */.yo({
        what: `${release.version} runs on ${other.map(([name]) => name).join(', ')} with other shared paths than these.`,
        got: shared.join(', ') || 'none',
        allowed: `what it was staged with: ${first[1].shared.get(folder)?.replaceAll(' ', ', ') || 'none'}`,
        fix: 'change `shared` together with the next release',
    });
}
function refuseUnfit(members, service) {
    const problems = members.flatMap(([name, site, view]) => [
        ...unfit(name, site.base, view),
        ...(service.problems?.(serviceHost(name, site.base, view)) ?? []),
    ]);
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
}
function setupsOf(members, service) {
    const setups = new Map();
    for (const [name, site, view] of members) {
        const setup = service.setup?.(serviceHost(name, site.base, view));
        if (setup !== undefined)
            setups.set(setup, [...(setups.get(setup) ?? []), name]);
    }
    return setups;
}

;// CONCATENATED MODULE: ./packages/vm/build/configure.js




/** Brings the variables of a release to the members that do not keep them yet: on stdin, and nowhere else. */
async function configure(run, members, release, context) {
    const lacking = members.filter((member) => !holdsConfig(viewOf(run, member), release));
    return await onEach(run, lacking, async (member) => {
        const configuration = run.configuration();
        if (configuration === undefined || configuration.id !== release.config)
            throw lost(release);
        const { text, key, id } = configuration;
        await effect(run, member, null, context, 'configure', {
            journal: { before: 'absent', after: releaseFolder(release), digest: release.digest },
            vars: { dir: releaseFolder(release), config: id, key, size: String(Buffer.byteLength(text)) },
            input: text,
            timeoutMs: run.options.limits.stepMs,
            signal: context.signal,
        });
    });
}
/** Only hosts keep what was in an env-file: a new one never had it. */
function lost({ version, config = '' }) {
    return new HostError(`This host does not keep the environment ${config.slice(0, 8)} of ${version}: deploy that release again, with its env-file.`);
}

// EXTERNAL MODULE: ./packages/strategy/build/steps.js
var steps = __webpack_require__(6447);
;// CONCATENATED MODULE: ./packages/vm/build/hooks/before-traffic.js





/** `before-shift` is before the first traffic of a slot that has none, not before each of its shares. */
async function hooksBeforeTraffic(run, { members, shares }, context) {
    const rising = Object.entries(shares).filter(([, share]) => share > 0);
    const scenes = rising.flatMap(([slot]) => {
        const without = members.filter((member) => (run.shares.get(serverKey({ member, slot })) ?? 0) === 0);
        const byRelease = (0,steps/* grouped */.zD)(without, (member) => JSON.stringify(releaseIn(run, member, slot)));
        return byRelease.map(([, group]) => ({ slot, group, release: releaseIn(run, group[0] ?? '', slot) }));
    });
    return await inTurn(members, scenes.map(({ slot, group, release }) => async (left) => {
        const concerned = group.filter((member) => left.includes(member));
        if (release === null || concerned.length === 0)
            return [];
        return await runHooks(run, 'before-shift', { release, slot, members: concerned, outcome: null }, context);
    }));
}
function releaseIn(run, member, slot) {
    return run.installed.get(serverKey({ member, slot })) ?? installed(viewOf(run, member), slot);
}

;// CONCATENATED MODULE: ./packages/vm/build/migrate.js







const MIGRATION_SCHEMA = 'slipway.migration/v1';
/**
 * Brings the data to what the release needs: on the first of the members, in the release's folder. Whoever runs it
 * writes down on its own host, in one exec, that it began and how it ended; a deployment whose migration is done there
 * never runs it again, however often it is repeated. One that was cut off is run again.
 */
async function migrate(run, members, release, context) {
    const { brings, log } = run.options;
    const command = brings?.migrate;
    if (command === undefined)
        return [];
    const key = migrate_keyOf(run, release, command.argv);
    const done = [...run.sites.members.keys()].find((member) => viewOf(run, member).migrations.some(isDone(key)));
    if (done !== undefined) {
        log.info(`The migration to ${release.version} is done already, as ${done} has written down: it is not run again.`);
        return [];
    }
    const { id, attempt } = context.run;
    const line = (state) => `${(0,json/* canonicalJson */.dj)({ schema: MIGRATION_SCHEMA, key, version: release.version, digest: release.digest, run: id, attempt, state })}\n`;
    return await onEach(run, members.slice(0, 1), (member) => runOnHost(run, member, {
        title: `The migration to ${release.version} (${(0,hooks_hook/* describeCommand */.vL)(command.argv)})`,
        ...command,
        release,
        variables: variablesOf(run, { release, slot: null, members, outcome: null }, context),
        journal: { begun: line('begun'), done: line('done'), failed: line('failed') },
    }, context.signal));
}
/**
 * One deployment, however many runs it takes: to this release with this configuration, after the last one that
 * succeeded. The command is a part of it, since another command is another migration.
 */
function migrate_keyOf(run, { digest, config = '' }, argv) {
    const after = run.seen().observation.entries.findLast(build_ledger/* succeeded */.gq)?.number ?? 0;
    return (0,build_digest/* digestOf */.ol)((0,json/* canonicalJson */.dj)({ digest, config, argv, after }));
}
function isDone(key) {
    return (line) => {
        const value = (0,json/* parseJson */.qF)(line);
        return (0,json/* isObject */.Gv)(value) && value.schema === MIGRATION_SCHEMA && value.key === key && value.state === 'done';
    };
}

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
    const found = servicesIn(requireWhole(said, site))[0];
    return { service: found?.[1], log: allOf(said, 'log') };
}
function where({ site, slot }) {
    return `in the slot ${slot} of ${site.session.host.name}`;
}

;// CONCATENATED MODULE: ./packages/vm/build/release-kind.js

/** The record of a release of the run, which has to be of the kind that the service runs. */
function recordOf(id, kind, context) {
    const record = context.releases.get(id.digest);
    if (record === undefined)
        throw new Error(`the record of ${id.version} (${id.digest}) is not among those of the run`);
    requireKind(record, kind);
    return record;
}
/** Refuses a release that the service cannot run. */
function requireKind(record, kind) {
    if (record.kind === kind)
        return;
    throw (0,errors/* userError */.IF)(`${record.name} ${record.version} is of kind "${record.kind}", and this service runs releases of kind "${kind}".`, record.kind === 'image'
        ? 'service: container'
        : 'give the "release" output of build-push-image, or another `service`');
}
/** The image as an engine pulls it: `host/path@digest`. */
function imageReference({ locations }) {
    return (locations[0] ?? '').replace(/^oci:\/\//, '');
}

;// CONCATENATED MODULE: ./packages/vm/build/settings.js


/** How a release was run when it was healthy here the last time. */
function settingsOf(entries, release) {
    return (0,build_ledger/* healthyDeployments */.su)(entries).find((entry) => (0,build_release/* sameRelease */.OW)((0,build_ledger/* idOf */.TH)(entry), release))?.settings;
}
/**
 * The variables of its service that a release keeps: of this deployment's release as the inputs say, of any other as it
 * was healthy, so that what is wrong with the new ones does not hit what comes back.
 */
function keptVars({ options, seen }, release) {
    const { service, brings } = options;
    if (release.digest === brings?.release.digest)
        return {};
    const before = settingsOf(seen().observation.entries, release) ?? {};
    return Object.fromEntries(Object.entries(before).filter(([name]) => Object.hasOwn(service.kept ?? {}, name)));
}
/** The shared paths that a release is staged with: those of this deployment, or those that it had. */
function sharedOf(release, brings, entries) {
    if (brings?.release.digest === release.digest)
        return brings.shared.join(' ');
    return settingsOf(entries, release)?.shared ?? '';
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
    const drains = Object.values(step.shares).every((share) => share === 0);
    const failures = await noteIntents(run, step.members, lines, drains);
    context.signal.throwIfAborted();
    const members = step.members.filter((member) => !failures.has(member));
    const changes = members.flatMap((member) => changesOf(member, step.shares));
    const late = await changeTraffic(balancers, changes, limits, context.signal);
    for (const [member, cause] of late)
        failures.set(member, vm_run_failure(member, cause));
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
/**
 * A member without its intent on disk is left out; without that of a balancer's host nobody's traffic is touched. What
 * is lost can still be drained: the balancers' journals tell of it, and nobody knows what would answer there.
 */
async function noteIntents(run, members, lines, drains) {
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
        if (drains && site.session.lost.aborted && !run.sites.balancers.includes(site))
            continue;
        const hit = run.sites.balancers.includes(site) ? members : [site.session.host.name];
        for (const member of hit)
            failures.set(member, vm_run_failure(member, result.reason));
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

;// CONCATENATED MODULE: ./packages/vm/build/transfer.js



/** How the bytes of a release come to the hosts. Bytes that cannot be had at all are one problem, so it is thrown here. */
async function loaderOf(release, ways, signal) {
    const { bytes, pull } = ways;
    if (pull !== undefined) {
        await pull(release, signal);
        return async () => pulled(await pull(release, signal));
    }
    const path = await bytes(release, signal);
    return (offset) => Promise.resolve(pushed(path, offset));
}
/**
 * Goes on where a transfer was cut, in an earlier run; when what lies there is no beginning of these bytes, they come
 * anew, once.
 */
async function goOn(what, attempt, log) {
    const { member, release, begun } = what;
    const said = await attempt(begun > release.size ? 0 : begun);
    const resumed = firstOf(said, 'resumed');
    if (resumed !== undefined)
        log.info(`${member}: ${resumed} of ${release.size} bytes were there already.`);
    const why = firstOf(said, 'anew');
    if (why === undefined)
        return;
    log.info(`${member}: ${why}, so all bytes come anew.`);
    const again = firstOf(await attempt(0), 'anew');
    if (again !== undefined)
        throw new HostError(`The bytes of ${release.version} did not come whole: ${again}.`);
}
function pushed(path, offset) {
    return { functions: (0,scripts/* script */.K)('push'), vars: { offset: String(offset) }, input: (0,files/* pourFrom */.Hy)(path, offset) };
}
/** Neither may end a word of the configuration of curl or wget that they are written into. */
function pulled({ from, url, authorization = '', presigned, until = '' }) {
    if (/["\\\s]/.test(authorization.replace(' ', '')))
        throw new Error(`the login for ${from} holds what no header may`);
    return {
        functions: (0,scripts/* script */.K)('pull'),
        vars: {
            pull_from: from,
            pull_url: url.replaceAll('\\', '%5C').replaceAll('"', '%22'),
            pull_auth: authorization,
            pull_secret: presigned || authorization !== '' ? 'yes' : '',
            pull_until: until,
        },
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/perform.js

















/** Does one step on all its members at once; returns the members that failed, each with what explains it. */
async function perform(run, step, context) {
    switch (step.kind) {
        case 'stage':
            return await inTurn(step.members, [
                (members) => runHooks(run, 'before-stage', { ...step, members, slot: null, outcome: null }, context),
                (members) => stage(run, members, step.release, context),
                (members) => configure(run, members, step.release, context),
            ]);
        case 'migrate':
            return await migrate(run, step.members, step.release, context);
        case 'start':
            return await inTurn(step.members, [
                (members) => onEach(run, members, (member) => start(run, member, step.slot, step.release, context)),
                (members) => runHooks(run, 'after-start', { ...step, members, outcome: null }, context),
            ]);
        case 'probe':
            return await onEach(run, step.members, (member) => probe(run, member, step.slot, step.release, context));
        case 'shift':
            return await inTurn(step.members, [
                (members) => hooksBeforeTraffic(run, { ...step, members }, context),
                (members) => shift(run, { ...step, members }, context),
            ]);
        case 'retire':
            return await onEach(run, step.members, (member) => retire(run, member, step.slot, context));
    }
}
/** Members that were seen to hold the release whole are left alone: no bytes are fetched for them. */
async function stage(run, members, id, context) {
    const shared = sharedOf(id, run.options.brings, run.seen().observation.entries);
    const lacking = members.filter((member) => !holdsLinked(viewOf(run, member), id, shared));
    if (lacking.length === 0)
        return [];
    const release = recordOf(id, run.options.service.releases ?? 'file', context);
    if (release.kind === 'image')
        return await stageImage(run, lacking, release, context);
    const load = await loaderOf(release, { bytes: run.bytes, pull: run.options.pull }, context.signal);
    const tree = release.mediaType === build_release/* TREE_MEDIA_TYPE */.DM;
    const bring = async (member, offset) => {
        const { vars, ...bytes } = await load(offset);
        const said = await effect(run, member, null, context, 'stage', {
            journal: { before: 'absent', after: releaseFolder(id), digest: id.digest },
            vars: {
                dir: releaseFolder(id),
                digest: id.digest,
                shared,
                size: String(release.size),
                file_name: tree ? '' : (release.fileName ?? release.name),
                file_mode: release.fileMode ?? '0644',
                ...vars,
            },
            ...bytes,
            timeoutMs: run.options.limits.stageMs,
            signal: context.signal,
        });
        for (const [folder, names] of parseToldHooks(said))
            run.stagedHooks.set(`${member} ${folder}`, names);
        return said;
    };
    return await onEach(run, lacking, async (member) => {
        const begun = viewOf(run, member).begun.get(releaseFolder(id)) ?? 0;
        await goOn({ member, release, begun }, (offset) => bring(member, offset), run.options.log);
    });
}
/** Each host fetches it by itself. */
async function stageImage(run, members, release, context) {
    const dir = releaseFolder(release);
    return await onEach(run, members, async (member) => {
        await effect(run, member, null, context, 'stage-image', {
            journal: { before: 'absent', after: dir, digest: release.digest },
            vars: { dir, digest: release.digest, image: imageReference(release) },
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
            config: release.config ?? '',
            ...service.vars(memberSite(run, member).session.host, slot, release),
            ...keptVars(run, release),
        },
        timeoutMs: service.stopMs + limits.stepMs,
    });
    tellKilled(run, member, said);
    for (const [, state] of servicesIn(said))
        run.started.set(serverKey({ member, slot }), state);
    run.installed.set(serverKey({ member, slot }), release);
}
async function probe(run, member, slot, release, context) {
    const { prober, service, clock, processProof, limits } = run.options;
    const ports = { prober, service, clock, processProof, stepMs: limits.stepMs };
    const baseline = run.started.get(serverKey({ member, slot }));
    await proveMember({ site: memberSite(run, member), slot, release, signal: context.signal }, baseline, ports);
    if (service.settles !== true)
        return;
    const folder = releaseFolder(release);
    await effect(run, member, slot, context, 'settle', {
        journal: { before: folder, after: folder, digest: release.digest },
        vars: service.vars(memberSite(run, member).session.host, slot, release),
        timeoutMs: service.stopMs + limits.stepMs,
    });
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
function tellKilled(run, member, said) {
    const pid = firstOf(said, 'killed');
    if (pid === undefined)
        return;
    run.options.log.info(`${member}: the process ${pid} did not end within ${run.options.service.stopMs} ms, so it was killed.`);
}

// EXTERNAL MODULE: ./packages/rollout/build/prune.js
var prune = __webpack_require__(8708);
// EXTERNAL MODULE: ./packages/rollout/build/result.js
var result = __webpack_require__(1947);
;// CONCATENATED MODULE: ./packages/vm/build/record.js








/**
 * Appends the entry to the ledger of every host, behind whatever that host has missed, and prunes releases by it. In
 * the entry hosts stand by their ids: two names of one host are one host.
 */
async function record(run, entry, keep) {
    const { views, observation, lost } = run.seen();
    const named = byHostId(run, entry);
    const all = onePerHost(run.sites.all);
    const missed = all.filter((site) => lost.has(site));
    const sites = all.filter((site) => !lost.has(site));
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
                prune_env: view === undefined ? '' : environmentsToPrune(view, before + added, keep).join(' '),
                failed: entry.outcome === (0,result/* successOf */.Bu)(entry.kind) ? '' : 'yes',
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
    const failures = results.flatMap((result, index) => result.status === 'rejected' ? [vm_run_failure(sites[index]?.session.host.name ?? '', result.reason)] : []);
    // The next run meets more than half of the hosts as well, so it reads the entry and brings the others up to date.
    if (failures.length === 0 && 2 * missed.length < all.length)
        return tellMissed(run, missed);
    const words = failures.map(({ name, what, lastLines }) => [`${name}: ${what}`, ...lastLines].join('\n'));
    const told = [...words, ...missed.map(({ session }) => `${session.host.name}: its connection is lost.`)].join('\n');
    throw (0,errors/* userError */.IF)(`The ledger could not be written on ${failures.length + missed.length} of ${all.length} hosts.\n${told}`, 'repair what is said, and run it again: the ledgers are brought up to date first');
}
function tellMissed({ options: { log } }, missed) {
    if (missed.length === 0)
        return;
    const names = missed.map(({ session }) => session.host.name).join(', ');
    log.warning(`${names}: the connection is lost, so the entry is missing there until the next run.`);
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
/**
 * Environments of deployments that are no longer kept. Not what a slot has, nor the newest of a release, which stays as
 * long as the release; others are not ours.
 */
function environmentsToPrune(view, ledger, keep) {
    const { entries } = (0,build_ledger/* parseLedger */.h8)(ledger, 'end');
    const inSlots = [...view.slots].map(([slot, folder]) => `${folder}+${view.configs.get(slot) ?? ''}`);
    const healthy = (0,build_ledger/* healthyDeployments */.su)(entries).map(build_ledger/* idOf */.TH);
    const newest = healthy.filter(({ digest }, at) => healthy.findIndex((other) => other.digest === digest) === at);
    const kept = new Set([...[...healthy.slice(0, keep), ...newest].map(environmentFile), ...inSlots]);
    const known = new Set(entries.map(build_ledger/* idOf */.TH).map(environmentFile));
    return [...view.environments].filter((name) => known.has(name) && !kept.has(name));
}
function byHostId(run, entry) {
    const ids = new Map(run.sites.all.map(({ session }) => [session.host.name, session.hostId() ?? session.host.name]));
    const hostId = (name) => ids.get(name) ?? name;
    return { ...entry, hosts: entry.hosts.map(hostId), balancers: entry.balancers.map(hostId) };
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








/** Hosts that are reached over SSH, with one slot each or two, behind their balancers. */
function createVmTarget(options) {
    const { balancers, service, prober, lease, slots } = options;
    const { keep, atOnce, stepMs } = options.limits;
    const sites = sitesOf(options.place, options.members, balancers);
    const capabilities = {
        weights: weightsOf(balancers),
        slots: slots.length === 2 ? 2 : 1,
        shifts: shiftsOf(balancers),
        replaces: 'stop-start',
    };
    let observed;
    const configuration = createConfiguration(options.brings?.environment);
    const run = {
        options,
        sites,
        owed: createOwed(),
        shares: new Map(),
        started: new Map(),
        installed: new Map(),
        recorded: new Map(),
        bytes: oncePerRelease(options.fetch),
        stagedHooks: new Map(),
        done: new Set(),
        configuration: configuration.known,
        seen() {
            if (observed === undefined)
                throw new Error('a target is observed before anything is done to it');
            return observed;
        },
    };
    return {
        capabilities,
        // A member that is lost fails as a member; without a balancer nobody's traffic can be led any more.
        lost: AbortSignal.any(sites.balancers.map(({ session }) => session.lost)),
        lock: (waitMs, signal) => lease.lock(waitMs, signal),
        unlock: () => lease.unlock(),
        async observe(signal) {
            const wanted = {
                brings: options.brings,
                sites,
                balancers,
                service,
                prober,
                slots,
                capabilities,
                keep,
                atOnce,
                stepMs,
                former: observed?.views,
            };
            observed = await observe(wanted, configuration, signal);
            if (options.tellSetup === true) {
                for (const [setup, members] of observed.setups) {
                    options.log.info(`Once on ${members.join(', ')}, as root, unless it is there already:\n${setup}`);
                }
            }
            run.recorded.clear();
            for (const [server, share] of observed.shares)
                run.shares.set(server, share);
            return { ...observed.observation, ...besideOf(run) };
        },
        perform: (step, context) => perform(run, step, context),
        conclude: (conclusion, context) => concludeWithHooks(run, conclusion, context),
        record: (entry, kept) => record(run, entry, kept),
    };
}
/** Several balancers can do together what the weakest of them can. */
function weightsOf(balancers) {
    if (balancers.length === 0)
        return 'none';
    return balancers.every(({ balancer }) => balancer.capabilities.weights === 'exact') ? 'exact' : 'by-member';
}
/** One moment for all takes balancers that all have it; a member's own share is told to every kind that has servers. */
function shiftsOf(balancers) {
    if (balancers.length === 0)
        return 'each';
    return balancers.every(({ balancer }) => balancer.capabilities.shifts === 'together') ? 'together' : 'each';
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
    const { clock, log, fetch, pull, brings, hooks, runner } = ports;
    const hosts = distinct([...wish.hosts, ...wish.balancers.map(({ host }) => host)]);
    const fleet = await openAll(hosts, {
        ...ports,
        knownHosts: wish.knownHosts,
        sshKey: wish.sshKey,
        certificate: wish.certificate,
        userConfig: wish.userConfig,
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
    const byName = new Map(members.map((session) => [session.host.name, session]));
    const balancers = wish.balancers.map((uri) => balancerHost(uri, sessionOf(uri.host), wish.place, ports));
    const service = (0,choose/* chooseService */.xJ)(wish.service.kind, {
        place: wish.place,
        ...wish.service,
        endpoint: (host, slot) => endpointOf(wish, host, slot),
    });
    const target = createVmTarget({
        place: wish.place,
        slots: [...wish.slots.keys()],
        members,
        balancers,
        service,
        prober: createProber(wish, byName, ports),
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
        ...(brings === undefined ? {} : { brings }),
        hooks,
        restores: ports.restores,
        runner,
        tellSetup: ports.tellSetup,
        pull,
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
    const isBroken = () => fleet.sessions.some(({ lost }) => lost.aborted);
    return {
        target,
        balancers: balancers.map(({ balancer }) => balancer),
        doorTo: (member, slot) => doorTo(wish, byName.get(member), slot),
        runs: service.releases ?? 'file',
        isBroken,
        close: () => fleet.close(),
    };
}
function forwardsFor(wish, host) {
    const isMember = wish.hosts.some((member) => isSame(member, host));
    const health = isMember ? [...wish.slots.keys()].map((slot) => forwardOf(wish, host, slot)) : [];
    const sockets = wish.balancers.filter((uri) => isSame(uri.host, host)).map(socketOf);
    return [...health, ...sockets];
}
function balancerHost(uri, session, place, ports) {
    const site = { session, base: baseFolder(session.host, place) };
    const writeFile = async (file, text, signal) => {
        await remote_runStep(site, 'put', { vars: { file }, input: text, fence: 'fenced', timeoutMs: STEP_MS, signal });
    };
    return { session, balancer: openBalancer(uri, session.socket(socketOf(uri)), { ...ports, writeFile }) };
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
            return (0,errors/* userError */.IF)(`${other} and ${member.host.name} are one and the same host.`, 'name each host once');
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
    return (a.address === b.address && a.user === b.user && a.port === b.port && a.root === b.root && wayTo(a) === wayTo(b));
}
function wayTo({ jump }) {
    return jump?.map(authority/* formatAuthority */.Pe).join();
}

// EXTERNAL MODULE: ./packages/vm/build/fleet-wish.js + 2 modules
var fleet_wish = __webpack_require__(1588);
// EXTERNAL MODULE: ./packages/vm/build/hosts.js
var build_hosts = __webpack_require__(5511);
// EXTERNAL MODULE: ./packages/vm/build/inventory/select.js
var inventory_select = __webpack_require__(6595);
// EXTERNAL MODULE: ./packages/vm/build/inventory/source.js
var inventory_source = __webpack_require__(9890);
;// CONCATENATED MODULE: ./packages/vm/build/reach.js





/** Reads what lies outside of the inputs themselves: files, and what a program prints. All problems come together. */
async function readReach(inputs, ports) {
    const [hosts, userConfig] = await Promise.all([findHosts(inputs, ports), readUserConfig(inputs.sshConfig)]);
    const problems = [...((0,errors/* isProblems */.vB)(hosts) ? hosts : []), ...(typeof userConfig === 'object' ? [userConfig] : [])];
    if ((0,errors/* isProblems */.vB)(hosts) || typeof userConfig === 'object')
        throw new errors/* UserError */.yo(problems);
    return { hosts: hosts.hosts, userConfig };
}
async function findHosts(inputs, ports) {
    const { hosts, inventory, select, root } = inputs;
    if (inventory === undefined)
        return (0,build_hosts/* parseHosts */.tB)(hosts ?? [], root);
    const source = await (0,inventory_source/* readSource */.o)((0,errors/* orThrow */.aU)((0,inventory_source/* parseSource */.P)(inventory)), ports);
    if ('what' in source)
        return [source];
    const { parseInventory } = await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(208)]).then(__webpack_require__.bind(__webpack_require__, 208));
    const read = parseInventory(source.text, source.name, root);
    if ((0,errors/* isProblems */.vB)(read))
        return read;
    if (select === undefined)
        return { hosts: read.hosts.map(({ host }) => host) };
    const chosen = (0,inventory_select/* choose */.Sw)(read, (0,errors/* orThrow */.aU)((0,inventory_select/* parseSelection */.gO)(select)));
    if (!(0,inventory_select/* isChosen */.lf)(chosen))
        return chosen;
    ports.log.info(`Chosen: ${chosen.map(({ host }) => host.name).join(', ')} (${chosen.length} of ${read.hosts.length}).`);
    return { hosts: chosen.map(({ host }) => host) };
}
async function readUserConfig(path) {
    if (path === undefined)
        return undefined;
    const text = await (0,files/* readTextIfThere */.pM)(path);
    if (text !== undefined)
        return text;
    return {
        what: `ssh-config: there is no file ${path}.`,
        allowed: 'the path of an ssh configuration',
        fix: 'remove ssh-config, and ~/.ssh/config is read',
    };
}

// EXTERNAL MODULE: ./packages/vm/build/strategy-problems.js + 1 modules
var strategy_problems = __webpack_require__(5015);
// EXTERNAL MODULE: ./packages/vm/build/canary-steps.js
var canary_steps = __webpack_require__(1776);
;// CONCATENATED MODULE: ./packages/vm/build/tactics.js


/** How a deployment gets there: as the inputs say, in which `strategyProblems` found nothing. */
function tacticsOf(inputs) {
    const { strategy = 'rolling', steps, soak = 0, checks, keepWarm = true } = inputs;
    const sides = { ...common(inputs), checks: checks !== undefined, keepWarm, until: 'end' };
    switch (strategy) {
        case 'rolling':
            return rolling(inputs);
        case 'blue-green':
            return { ...sides, strategy, soakMs: soak };
        case 'canary':
            return { ...sides, strategy, ...(0,errors/* orThrow */.aU)((0,canary_steps/* parseSteps */.$)(steps ?? [])), mixedVersions: mixed(inputs) };
    }
}
/** How a fleet goes back: what ran before was proved then, so it takes the fastest way that the target has. */
function tacticsBack(inputs, { slots, shifts }) {
    if (slots === 1 || shifts === 'each')
        return rolling(inputs);
    return { ...common(inputs), strategy: 'blue-green', soakMs: 0, checks: false, keepWarm: true, until: 'end' };
}
function rolling(inputs) {
    const { batch, pause = 0 } = inputs;
    return { ...common(inputs), strategy: 'rolling', batch, pauseMs: pause, mixedVersions: mixed(inputs) };
}
function common({ minAvailable, allowDowntime }) {
    return { minAvailable, allowDowntime };
}
function mixed({ mixedVersions = 'allowed' }) {
    return mixedVersions;
}

;// CONCATENATED MODULE: ./packages/health/build/judge-gate.js


const ASK_MS = 10_000;
const COMMAND_MS = 60_000;
const judge_gate_LAST_LINES = 50;
/** One look at one gate. `first` are the figures when the soak began. */
async function judge_gate_judge(gate, first, watched, ports, signal) {
    try {
        switch (gate.kind) {
            case 'errors':
            case 'time':
                return judgeFigures(gate, first, await ports.figures(signal));
            case 'prometheus':
                return await judgeQuery(gate, watched, ports, signal);
            case 'command':
                return await runCommand(gate.argv, watched, ports, signal);
        }
    }
    catch (cause) {
        signal.throwIfAborted();
        return { kind: 'none', why: (0,errors/* messageOf */.bD)(cause) };
    }
}
function judgeFigures(gate, first, now) {
    if (first === undefined || now === undefined)
        return { kind: 'none', why: 'no balancer counts requests here' };
    if (first.process !== now.process)
        return { kind: 'none', why: 'the balancer was restarted, and counts anew' };
    const requests = now.requests - first.requests;
    if (requests < gate.atLeast)
        return { kind: 'none', why: `${requests} requests, of ${gate.atLeast} that are needed` };
    if (gate.kind === 'time') {
        if (now.meanMs === undefined)
            return { kind: 'none', why: 'the balancer measured no time' };
        return judge_gate_verdict(now.meanMs <= gate.most, `${now.meanMs.toFixed(0)} ms on the mean, of ${requests} requests`);
    }
    const failed = now.failed - first.failed;
    const percent = (100 * failed) / requests;
    return judge_gate_verdict(percent <= gate.most, `${failed} of ${requests} requests failed, ${percent.toFixed(2)} %`);
}
async function judgeQuery({ url, query, compare, bound }, { fresh, stable }, { http }, signal) {
    const value = await ask(fresh);
    if (bound.kind === 'number')
        return judge_gate_verdict(holds(value, bound.value), `${value}, asked ${compare} ${bound.value}`);
    if (stable === undefined)
        return { kind: 'none', why: 'nothing served before, so there is nothing to compare with' };
    const before = await ask(stable);
    const words = `${value} in ${fresh.slot}, ${before} in ${stable.slot}, asked ${compare} ${bound.factor} x`;
    return judge_gate_verdict(holds(value, bound.factor * before), words);
    function holds(left, right) {
        return compare === '<=' ? left <= right : left >= right;
    }
    /** The instant query of Prometheus' HTTP API, version 1. */
    async function ask({ slot, version }) {
        const filled = query.replaceAll('{slot}', () => slot).replaceAll('{version}', () => version);
        const address = `${url}/api/v1/query?query=${encodeURIComponent(filled)}`;
        const answer = await http.request({ url: address, timeoutMs: ASK_MS, signal });
        return numberIn(answer.status, answer.body.toString('utf8'));
    }
}
function numberIn(status, text) {
    const answer = (0,json/* parseJson */.qF)(text);
    if (!(0,json/* isObject */.Gv)(answer) || answer.status !== 'success' || !(0,json/* isObject */.Gv)(answer.data)) {
        const said = (0,json/* isObject */.Gv)(answer) && (0,json/* isString */.Kg)(answer.error) ? answer.error : text.slice(0, 200);
        throw new Error(`Prometheus answered ${status}: ${said}`);
    }
    const { resultType, result } = answer.data;
    const samples = resultType === 'scalar' ? [{ value: result }] : Array.isArray(result) ? result : [];
    if (samples.length !== 1)
        throw new Error(`the query gives ${samples.length} numbers, and one is needed`);
    const [sample] = samples;
    const pair = (0,json/* isObject */.Gv)(sample) && Array.isArray(sample.value) ? sample.value : [];
    const value = (0,json/* isString */.Kg)(pair[1]) ? Number(pair[1]) : Number.NaN;
    if (Number.isNaN(value))
        throw new Error('the query gives no number: NaN');
    return value;
}
async function runCommand(argv, watched, { exec }, signal) {
    const ended = await exec.run({ argv, input: `${JSON.stringify(watched)}\n`, timeoutMs: COMMAND_MS, signal });
    const lines = `${ended.stdout}\n${ended.stderr}`.split('\n').filter((line) => line !== '');
    const seen = lines.at(-1) ?? `status ${ended.code}`;
    if (ended.timedOut)
        return { kind: 'none', why: `it did not end within ${COMMAND_MS / 1_000} s` };
    if (ended.code === 0)
        return { kind: 'pass', seen };
    if (ended.code === 1)
        return { kind: 'breach', seen, lastLines: lines.slice(-judge_gate_LAST_LINES) };
    return { kind: 'none', why: `it ended with ${ended.signal ?? `status ${ended.code}`}: ${seen}` };
}
function judge_gate_verdict(holds, seen) {
    return holds ? { kind: 'pass', seen } : { kind: 'breach', seen, lastLines: [] };
}

;// CONCATENATED MODULE: ./packages/health/build/watch-gates.js

/**
 * Watches until the time is over or a gate is broken, which ends it at once. A gate that never came to a verdict has
 * not passed.
 */
async function watchGates(gates, watched, { forMs, everyMs }, ports, signal) {
    const { clock } = ports;
    const end = clock.monotonic() + forMs;
    const first = await firstFigures(gates, ports, signal);
    const latest = new Map();
    for (;;) {
        const left = end - clock.monotonic();
        await clock.sleep(Math.max(0, Math.min(everyMs, left)), signal);
        const judged = await Promise.all(gates.map(async (gate) => ({ gate, judgement: await judge_gate_judge(gate, first, watched, ports, signal) })));
        for (const { gate, judgement } of judged) {
            if (judgement.kind === 'breach') {
                return {
                    kind: 'bad',
                    why: `the gate "${gate.text}" is broken: ${judgement.seen}`,
                    lastLines: judgement.lastLines,
                };
            }
            // What was seen once stays seen: a scrape that fails later takes nothing back.
            if (judgement.kind === 'pass' || latest.get(gate)?.kind !== 'pass')
                latest.set(gate, judgement);
        }
        if (clock.monotonic() >= end)
            return atTheEnd(gates, latest);
    }
}
function atTheEnd(gates, latest) {
    const open = gates.flatMap((gate) => {
        const judgement = latest.get(gate);
        return judgement?.kind === 'none' ? [`the gate "${gate.text}" came to no verdict: ${judgement.why}`] : [];
    });
    if (open.length > 0)
        return { kind: 'bad', why: open.join('; '), lastLines: [] };
    const seen = gates.flatMap((gate) => {
        const judgement = latest.get(gate);
        return judgement?.kind === 'pass' ? [`${gate.text}: ${judgement.seen}`] : [];
    });
    return { kind: 'good', seen };
}
async function firstFigures(gates, ports, signal) {
    return gates.some(({ kind }) => kind === 'errors' || kind === 'time') ? await ports.figures(signal) : undefined;
}

// EXTERNAL MODULE: ./packages/strategy/build/topology.js
var build_topology = __webpack_require__(5951);
;// CONCATENATED MODULE: ./packages/vm/build/run-checks.js


const CHECK_MS = 15 * 60_000;
const run_checks_LAST_LINES = 50;
/** The user's programs, one after the other; the first that fails ends them. */
async function runChecks({ members, slot, release }, { app, environment, checks, doorTo, exec, log }, signal) {
    const { version, digest } = release;
    const doors = members.map((name) => ({ name, ...doorTo(name, slot) }));
    const input = `${JSON.stringify({ app, environment, slot, version, digest, members: doors })}\n`;
    for (const argv of checks) {
        const title = `check ${(0,hooks_hook/* describeCommand */.vL)(argv)}`;
        const ended = await exec.run({ argv, input, timeoutMs: CHECK_MS, signal });
        signal.throwIfAborted();
        const lines = `${ended.stdout}\n${ended.stderr}`.split('\n').filter((line) => line.trim() !== '');
        if (ended.code !== 0) {
            const how = ended.timedOut
                ? `did not end within ${(0,duration/* formatDuration */.a3)(CHECK_MS)}`
                : `ended with ${ended.signal ?? `status ${ended.code}`}`;
            return { kind: 'bad', why: `${title} ${how}.`, lastLines: lines.slice(-run_checks_LAST_LINES) };
        }
        const heading = `${title}: passed in ${(0,duration/* humanSeconds */.Nj)(ended.ms)}`;
        if (lines.length === 0)
            log.info(heading);
        else
            await log.group(heading, async () => log.foreign(lines.join('\n')));
    }
    return { kind: 'good' };
}

;// CONCATENATED MODULE: ./packages/vm/build/watch-fleet.js





/** Whoever looks at a release on its way through a fleet: the checks before its first user, and the gates after that. */
function watchFleet(options) {
    return {
        async look(step, topology, signal) {
            try {
                return step.kind === 'check'
                    ? await runChecks(step, options, signal)
                    : await soak(step, topology, options, signal);
            }
            catch (cause) {
                signal.throwIfAborted();
                return { kind: 'bad', why: (0,errors/* messageOf */.bD)(cause), lastLines: [] };
            }
        },
    };
}
async function soak(step, topology, options, signal) {
    const { gates, everyMs, balancers, clock, log } = options;
    if (gates.length === 0) {
        await clock.sleep(step.forMs, signal);
        return { kind: 'good' };
    }
    const servers = freshServers(step, topology);
    const figures = (until) => watch_fleet_figuresOf(balancers, servers, until);
    const times = { forMs: step.forMs, everyMs };
    const verdict = await watchGates(gates, watchedIn(step, topology, options), times, { ...options, figures }, signal);
    if (verdict.kind === 'good')
        for (const seen of verdict.seen)
            log.info(`gate ${seen}`);
    return verdict;
}
/** Where the new release runs among the members that are watched. */
function freshServers({ members, release }, topology) {
    return topology.members
        .filter(({ id }) => members.includes(id))
        .flatMap((member) => {
        const slot = (0,build_topology/* slotRunning */.kf)(member, release);
        return slot === undefined ? [] : [{ member: member.id, slot }];
    });
}
/** What gates are told of both sides. */
function watchedIn(step, topology, { app, environment }) {
    const { release } = step;
    const slot = freshServers(step, topology)[0]?.slot ?? 'blue';
    const shares = topology.members.map((member) => {
        const states = Object.values(member.slots).filter((state) => (0,build_release/* sameRelease */.OW)(state.release, release));
        return states.reduce((sum, state) => sum + state.share, 0);
    });
    return {
        app,
        environment,
        fresh: { slot, version: release.version },
        stable: stableIn(step, topology),
        share: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
    };
}
/** Another release that runs: in the other slot, warm or with users, or on members that are not replaced yet. */
function stableIn({ release }, { members }) {
    const others = members.flatMap((member) => Object.entries(member.slots).flatMap(([slot, state]) => {
        if (state?.healthy !== true || state.release === null || (0,build_release/* sameRelease */.OW)(state.release, release))
            return [];
        return [{ slot, version: state.release.version, serves: (0,build_release/* sameRelease */.OW)((0,build_topology/* servedRelease */.h)(member), state.release) }];
    }));
    const found = others.find(({ serves }) => serves) ?? others[0];
    return found === undefined ? undefined : { slot: found.slot, version: found.version };
}
/** Of all balancers together; undefined where one of them does not count. */
async function watch_fleet_figuresOf(balancers, servers, signal) {
    if (balancers.length === 0 || servers.length === 0)
        return undefined;
    const all = await Promise.all(balancers.map(async (balancer) => balancer.figures?.(servers, signal)));
    const counted = all.flatMap((figures) => figures ?? []);
    if (counted.length < all.length)
        return undefined;
    const timed = counted.filter(({ meanMs }) => meanMs !== undefined);
    const weight = timed.reduce((sum, { requests }) => sum + requests, 0);
    const spent = timed.reduce((sum, { requests, meanMs = 0 }) => sum + requests * meanMs, 0);
    return {
        process: counted.map(({ process }) => process).join('; '),
        requests: counted.reduce((sum, { requests }) => sum + requests, 0),
        failed: counted.reduce((sum, { failed }) => sum + failed, 0),
        meanMs: weight === 0 ? undefined : spent / weight,
    };
}

;// CONCATENATED MODULE: ./packages/vm/build/run-on-fleet.js













/** One deployment or rollback on the fleet of the inputs: connect, execute, and leave nothing behind here. */
async function runOnFleet(inputs, task, ports) {
    const { log, clock, signal, run } = ports;
    // Not below the runner's own folder for such things: the path of a unix socket has to be short.
    const folder = await (0,files/* makePrivateFolder */.I2)('/tmp', 'slipway-');
    try {
        const wish = (0,fleet_wish/* readFleetWish */.y)(inputs, await readReach(inputs, ports));
        const { hooks, data } = (0,brought_wish/* readBroughtWish */.X)(inputs);
        const { intent } = task;
        const began = clock.monotonic();
        const connected = await connectTarget(wish, {
            ...ports,
            privateFolder: folder,
            brings: intent.kind === 'deploy' ? { ...data, release: (0,build_release/* releaseId */.Bf)(intent.release) } : undefined,
            hooks,
            restores: intent.kind === 'restore',
            runner: { exec: ports.exec, folder: ports.context.workspace, env: ports.env },
            tellSetup: task.mode === 'plan',
            fetch: (release, until) => ports.fetch(release, folder, until),
            pull: inputs.transfer === 'pull' ? ports.pull : undefined,
        });
        log.info(`Connected to ${wish.hosts.length} hosts in ${(0,duration/* humanSeconds */.Nj)(clock.monotonic() - began)}.`);
        try {
            if (task.intent.kind === 'deploy')
                requireKind(task.intent.release, connected.runs);
            const options = {
                ...task,
                target: connected.target,
                tactics: intent.kind === 'deploy' ? tacticsOf(inputs) : tacticsBack(inputs, connected.target.capabilities),
                ...(intent.kind === 'deploy' ? { watch: watchOf(inputs, connected, ports) } : {}),
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
            const result = await executeRemembered(options, ports.remember);
            // Later there may be a connection again: what could not be undone now is for post to try.
            if (result.outcome === 'failed' && connected.isBroken())
                ports.remember(true);
            return result;
        }
        finally {
            await connected.close();
        }
    }
    finally {
        await (0,files/* removeTree */.dM)(folder);
    }
}
function watchOf({ app, environment, gates, gateInterval = 0, checks }, { balancers, doorTo }, { exec, context, env, ...ports }) {
    const run = (command) => exec.run({ cwd: context.workspace, env: withoutOurs(env), ...command });
    return watchFleet({
        ...ports,
        exec: { ...exec, run },
        app,
        environment,
        gates: (0,strategy_problems/* gatesOf */.og)(gates),
        everyMs: gateInterval,
        checks: (0,strategy_problems/* checksOf */.tg)(checks),
        balancers,
        doorTo,
    });
}


/***/ })

};
