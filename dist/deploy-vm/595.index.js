export const id = 595;
export const ids = [595];
export const modules = {

/***/ 8595:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


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
// EXTERNAL MODULE: ./packages/effects/build/clock.js
var build_clock = __webpack_require__(193);
// EXTERNAL MODULE: ./packages/strategy/build/describe.js
var describe = __webpack_require__(9531);
;// CONCATENATED MODULE: ./packages/rollout/build/entry.js
const LEDGER_SCHEMA = 'slipway.ledger/v1';
const JOURNAL_SCHEMA = 'slipway.journal/v1';

// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var build_digest = __webpack_require__(2098);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
;// CONCATENATED MODULE: ./packages/rollout/build/ledger.js





/**
 * `continued` is the digest of the line before the first one, which stands elsewhere; `end`: the text lacks lines at its
 * beginning, so nobody knows what its first line continues. Without it the text is whole.
 */
function parseLedger(text, continued = chainedTo(undefined)) {
    const entries = [];
    const problems = [];
    const lines = linesOf(text);
    for (const [index, line] of lines.entries()) {
        const value = (0,json/* parseJson */.qF)(line);
        const last = entries.at(-1);
        const where = last === undefined ? 'at its beginning' : `behind entry ${last.number}`;
        if (value === undefined) {
            problems.push(`The ledger has a torn line ${where}: whoever wrote it was interrupted.`);
        }
        else if ((0,json/* isObject */.Gv)(value) && value.schema === LEDGER_SCHEMA) {
            if (!isEntry(value))
                problems.push(`The ledger has a line with wrong fields ${where}: it is left out.`);
            else
                entries.push(value);
            const before = index > 0 ? chainedTo(lines[index - 1]) : continued;
            if (before !== 'end' && value.prev !== before) {
                problems.push(`The ledger was changed: the line ${where} does not continue what stands before it.`);
            }
        }
    }
    return { entries, problems };
}
/** The digest that the next line continues. */
function lastDigest(text) {
    return chainedTo(linesOf(text).at(-1));
}
/**
 * What to append to a copy, newline included, so that it holds the entry; nothing when it already does. A torn last
 * line is closed and stays, since a ledger is only ever appended to.
 */
function appendLine(text, entry) {
    if (parseLedger(text).entries.some((known) => keyOf(known) === keyOf(entry)))
        return '';
    const line = (0,json/* canonicalJson */.dj)({ ...entry, prev: lastDigest(text) });
    return text === '' || text.endsWith('\n') ? `${line}\n` : `\n${line}\n`;
}
/** What to append to a copy, of which perhaps only the end was read: the known entries that it lacks, and the added one. */
function continuation(text, known, added) {
    const own = parseLedger(text, 'end').entries;
    // What is older than all that was read may well stand further up.
    const since = own[0]?.number ?? 0;
    const missing = missingFrom(own, union([known, [added]])).filter(({ number }) => number >= since);
    return missing.reduce((more, entry) => more + appendLine(text + more, entry), '');
}
/** All copies as one: by number, a deploy before a rollback, then by run. */
function union(copies) {
    const known = new Map();
    for (const entry of copies.flat()) {
        if (!known.has(keyOf(entry)))
            known.set(keyOf(entry), entry);
    }
    return [...known.values()].toSorted((a, b) => a.number - b.number || compare(a.kind, b.kind) || compare(a.run.id, b.run.id));
}
/** Whether a copy lacks the newest of all entries. */
function isBehind(copy, all) {
    return missingFrom(copy, all.slice(-1)).length > 0;
}
function missingFrom(copy, all) {
    const known = new Set(copy.map(keyOf));
    return all.filter((entry) => !known.has(keyOf(entry)));
}
function nextNumber(entries) {
    return Math.max(0, ...entries.map((entry) => entry.number)) + 1;
}
/** A deployment that ended with its release live and healthy everywhere. */
function succeeded(entry) {
    return entry.outcome === (entry.kind === 'deploy' ? 'deployed' : 'rolled-back');
}
/** What the last successful deployment made live. */
function live(entries) {
    return entries.findLast(succeeded)?.release ?? null;
}
/** The same, with the configuration that it runs with. */
function liveId(entries) {
    const entry = entries.findLast(succeeded);
    return entry === undefined ? null : idOf(entry);
}
/** What a deployment was about: its release, with its configuration. */
function idOf({ release, config }) {
    return { ...(0,build_release/* releaseId */.Bf)(release), ...(config === undefined ? {} : { config }) };
}
/** The deployments that finished healthy, the newest first, each release with each configuration once. */
function healthyDeployments(entries) {
    const known = new Map();
    for (const entry of entries.filter(succeeded).toReversed()) {
        const key = `${entry.release.digest} ${entry.config ?? ''}`;
        if (!known.has(key))
            known.set(key, entry);
    }
    return [...known.values()];
}
/** The releases that finished healthy, the newest first, each once. */
function healthy(entries) {
    const known = new Map();
    for (const { release } of entries.filter(succeeded).toReversed()) {
        if (!known.has(release.digest))
            known.set(release.digest, release);
    }
    return [...known.values()];
}
function linesOf(text) {
    const lines = text.split('\n');
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
function chainedTo(line) {
    return (0,build_digest/* digestOf */.ol)(line ?? '');
}
/** Which deployment it is, whatever file it stands in. */
function keyOf({ number, kind, run }) {
    return `${number} ${kind} ${run.id}.${run.attempt}`;
}
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}
function isEntry(value) {
    return (0,json/* isObject */.Gv)(value) && Object.entries(FIELDS).every(([field, valid]) => valid(value[field]));
}
const isStrings = (value) => (0,json/* isArrayOf */.lF)(value, json/* isString */.Kg);
const isAbsentOrString = (value) => value === undefined || (0,json/* isString */.Kg)(value);
const oneOf = (...allowed) => (value) => (0,json/* isString */.Kg)(value) && allowed.includes(value);
const FIELDS = {
    schema: (v) => v === LEDGER_SCHEMA,
    number: (v) => (0,json/* isInteger */.Fq)(v) && v > 0,
    kind: oneOf('deploy', 'rollback'),
    outcome: oneOf('deployed', 'rolled-back', 'failed'),
    app: json/* isString */.Kg,
    environment: json/* isString */.Kg,
    strategy: json/* isString */.Kg,
    release: (v) => !(0,errors/* isProblems */.vB)((0,build_release/* parseRelease */.BC)(v)),
    config: isAbsentOrString,
    settings: (v) => v === undefined || ((0,json/* isObject */.Gv)(v) && Object.values(v).every(json/* isString */.Kg)),
    previous: (v) => v === null || ((0,json/* isObject */.Gv)(v) && (0,json/* isString */.Kg)(v.version) && (0,build_digest/* isDigest */.Bc)(v.digest)),
    bad: (v) => v === null || (0,build_digest/* isDigest */.Bc)(v),
    badConfig: isAbsentOrString,
    run: (v) => (0,build_release/* isRunRef */.He)(v) && 'actor' in v && (0,json/* isString */.Kg)(v.actor),
    hosts: isStrings,
    balancers: isStrings,
    at: json/* isString */.Kg,
    ms: (v) => typeof v === 'number' && v >= 0,
    prev: build_digest/* isDigest */.Bc,
};

// EXTERNAL MODULE: ./packages/rollout/build/result.js
var build_result = __webpack_require__(1947);
;// CONCATENATED MODULE: ./packages/rollout/build/account.js




/** The account of a run that did nothing yet and knows nothing yet. */
function opening({ intent, app, environment }) {
    return {
        kind: intent.kind,
        app,
        environment,
        outcome: 'failed',
        release: intent.kind === 'deploy' ? (0,build_release/* releaseId */.Bf)(intent.release) : null,
        version: null,
        digest: null,
        previousVersion: null,
        plan: null,
        steps: [],
        members: [],
        failures: [],
        notes: [],
        interrupted: false,
        ms: 0,
    };
}
/** The account once the target was read and it is decided what to do, with nothing done. */
function decided(deployment, seen, decision) {
    const current = live(seen.entries);
    const plan = decision.kind === 'go' ? decision.plan : null;
    const said = decision.kind === 'go' ? [...cutOff(seen, decision), ...decision.plan.notes] : [superseded(decision)];
    return {
        ...opening(deployment),
        outcome: 'planned',
        release: (0,build_release/* releaseId */.Bf)(decision.release),
        version: current?.version ?? null,
        digest: current?.digest ?? null,
        previousVersion: current?.version ?? null,
        plan,
        members: (0,build_result/* memberReports */.g8)(seen.topology, seen.topology, []),
        notes: [...seen.notes, ...said],
    };
}
/** The account of a journey, whatever its end. */
function account_closed(account, seen, { end, topology, ...journey }, ms) {
    const outcome = OUTCOMES[account.kind][end];
    const arrived = end === 'arrived' ? account.release : null;
    return {
        ...account,
        ...(arrived === null ? {} : { version: arrived.version, digest: arrived.digest }),
        ...journey,
        outcome,
        members: (0,build_result/* memberReports */.g8)(seen.topology, topology, journey.failures),
        notes: [...account.notes, ...journey.notes],
        interrupted: end === 'interrupted',
        ms,
    };
}
/** A rollback is green when it went back; that it undid itself when it failed must not look like that. */
const OUTCOMES = {
    deploy: {
        arrived: (0,build_result/* successOf */.Bu)('deploy'),
        returned: 'rolled-back',
        stranded: 'failed',
        untouched: 'failed',
        interrupted: 'failed',
    },
    rollback: {
        arrived: (0,build_result/* successOf */.Bu)('rollback'),
        returned: 'failed',
        stranded: 'failed',
        untouched: 'failed',
        interrupted: 'failed',
    },
    restore: {
        arrived: (0,build_result/* successOf */.Bu)('restore'),
        returned: 'failed',
        stranded: 'failed',
        untouched: 'failed',
        interrupted: 'failed',
    },
};
/**
 * What every copy of the ledger will say of it. `at` is the wall clock in milliseconds. To restore what is live adds
 * nothing: the copies get what they may lack.
 */
function entryOf({ intent, tactics, app, environment, run }, seen, { release, plan, bad, settings }, { end }, at, ms) {
    const { kind } = intent;
    if (kind === 'restore')
        return seen.entries.at(-1);
    const outcome = OUTCOMES[kind][end];
    const left = outcome === (0,build_result/* successOf */.Bu)(kind) ? bad : null;
    return {
        schema: LEDGER_SCHEMA,
        number: nextNumber(seen.entries),
        kind,
        outcome,
        app,
        environment,
        strategy: tactics.strategy,
        release,
        ...(plan.release.config === undefined ? {} : { config: plan.release.config }),
        ...(settings === undefined ? {} : { settings }),
        previous: liveId(seen.entries),
        bad: left?.digest ?? null,
        ...(left?.config === undefined ? {} : { badConfig: left.config }),
        run,
        hosts: seen.topology.members.map((member) => member.id),
        balancers: seen.balancers ?? [],
        at: new Date(at).toISOString(),
        ms,
    };
}
function cutOff({ unfinished, topology }, { settled }) {
    const names = topology.members.filter(({ id }) => unfinished.includes(id)).map(({ name }) => name);
    if (settled || names.length === 0)
        return [];
    return [`A run before this one was cut off at ${names.join(', ')}: this one goes on from what it finds.`];
}
/** Only where something is done at all. */
function beside(seen, { plan }) {
    return plan.steps.length === 0 ? [] : (seen.beside ?? []);
}
function superseded({ release, by }) {
    return (`${release.version} of run ${release.run.number} is older than ${by.version} of run ${by.run.number}, ` +
        'which is live; `allow-older: true` deploys it all the same.');
}

;// CONCATENATED MODULE: ./packages/strategy/build/migration.js
/**
 * The plan with a migration of the data: once, when every member has the release and none runs it yet. A plan that
 * only brings back traffic has it too, since nobody knows whether the run before came so far; the target does.
 */
function withMigration(plan) {
    const [first] = plan.steps;
    if (first === undefined)
        return plan;
    const staged = plan.steps.findLastIndex(({ kind }) => kind === 'stage') + 1;
    const migrate = { kind: 'migrate', members: first.members, release: plan.release };
    return { ...plan, steps: [...plan.steps.slice(0, staged), migrate, ...plan.steps.slice(staged)] };
}

;// CONCATENATED MODULE: ./packages/strategy/build/steps.js
/** All traffic of a member goes to this slot, or with null nowhere. */
function sharesFor(slot, capabilities) {
    const share = (name) => (name === slot ? 100 : 0);
    return capabilities.slots === 1 ? { blue: share('blue') } : { blue: share('blue'), green: share('green') };
}
/** The items by what `key` says of them, in order of first appearance. */
function grouped(items, key) {
    const groups = new Map();
    for (const item of items) {
        const group = groups.get(key(item));
        if (group === undefined)
            groups.set(key(item), [item]);
        else
            group.push(item);
    }
    return [...groups];
}
function chunked(items, size) {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
/** Steps without members are no steps. */
function meaningful(steps) {
    return steps.filter((step) => step.members.length > 0);
}
/** The steps that are still to come, with the last one to 100 %. */
function stepsAfter(share, steps) {
    const all = steps.at(-1)?.percent === 100 ? steps : [...steps, { percent: 100, soakMs: 0 }];
    return all.filter(({ percent }) => percent > share || percent === 100);
}

// EXTERNAL MODULE: ./packages/strategy/build/topology.js
var build_topology = __webpack_require__(5951);
;// CONCATENATED MODULE: ./packages/strategy/build/in-place.js


/**
 * Replaces members where they are: all is staged first, so that bad bytes or a full disk show before any traffic moves,
 * then batch by batch drain, start, probe and full traffic. `ready` members run the release already and only lack traffic.
 */
function replaceInPlace(waves, ready, release, capabilities) {
    const gradually = capabilities.replaces === 'gradually';
    const up = [...ready];
    const steps = [
        { kind: 'stage', members: ids(waves.flatMap(({ batches }) => batches.flat())), release },
        ...bringIn(ready),
        ...waves.flatMap(inWave),
    ];
    return meaningful(steps);
    function inWave({ batches, soakMs }) {
        up.push(...batches.flat());
        const soak = { kind: 'soak', members: ids(up), release, forMs: soakMs };
        return [...batches.flatMap((batch) => [...replace(batch), ...bringIn(batch)]), ...(soakMs > 0 ? [soak] : [])];
    }
    function replace(batch) {
        // Down members always: a balancer may call them up before our probe does.
        const drained = gradually ? batch.filter((member) => !(0,build_topology/* inService */.PX)(member)) : batch;
        return [
            { kind: 'shift', members: ids(routed(drained)), shares: sharesFor(null, capabilities) },
            ...bySlot(batch).map(([slot, members]) => ({ kind: 'start', members: ids(members), slot, release })),
        ];
    }
    function bringIn(batch) {
        return [
            ...bySlot(batch).map(([slot, members]) => ({ kind: 'probe', members: ids(members), slot, release })),
            ...bySlot(routed(batch)).map(([slot, members]) => ({
                kind: 'shift',
                members: ids(members.filter((member) => !keepsTraffic(member, slot))),
                shares: sharesFor(slot, capabilities),
            })),
        ];
    }
    function keepsTraffic(member, slot) {
        return gradually && (0,build_topology/* inService */.PX)(member) && member.slots[slot]?.share === 100;
    }
    function bySlot(members) {
        return grouped(members, (member) => (0,build_topology/* slotRunning */.kf)(member, release) ?? (0,build_topology/* liveSlot */.dz)(member) ?? 'blue');
    }
    function routed(members) {
        return capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
    }
}
/** As many batches as it takes; the sizes in their order, the last one for all that follow. */
function inBatches(members, sizes) {
    const [size = 1, ...later] = sizes;
    if (members.length === 0)
        return [];
    if (later.length === 0)
        return chunked(members, size);
    return [members.slice(0, size), ...inBatches(members.slice(size), later)];
}
function ids(members) {
    return members.map((member) => member.id);
}
function respected(members) {
    return members
        .filter((member) => member.drainedByOperator)
        .map(({ name }) => `${name} was drained by somebody else: it is brought up to date and stays out of service.`);
}

;// CONCATENATED MODULE: ./packages/strategy/build/refusals.js


/** Strategies that serve old and new together, where the two must never meet. */
function refuseMixed({ strategy, mixedVersions, release, }, topology) {
    const others = topology.members.filter(build_topology/* inService */.PX).some((member) => !(0,build_release/* sameRelease */.OW)((0,build_topology/* servedRelease */.h)(member), release));
    if (mixedVersions === 'allowed' || !others)
        return [];
    return [
        {
            what: `The strategy ${strategy} serves the old and the new version at the same time.`,
            got: `strategy: ${strategy}, mixed-versions: forbidden`,
            fix: '`strategy: blue-green`, which moves all users at one moment, or `mixed-versions: allowed`',
        },
    ];
}
/** Members one by one, where the router only moves the whole fleet. */
function refuseTogether({ capabilities }) {
    if (capabilities.shifts === 'each')
        return [];
    return [
        {
            what: 'This balancer moves the traffic of the whole fleet from slot to slot, never that of one member.',
            allowed: 'strategy: blue-green, or canary',
            fix: '`strategy: blue-green`, or a balancer that is told of each server by itself',
        },
    ];
}
/** One moment for all, where the router is told of each member by itself. */
function refuseOneByOne({ capabilities }) {
    if (capabilities.shifts === 'together')
        return [];
    return [
        {
            what: 'This balancer is told of each server by itself, so the traffic cannot move at one moment.',
            allowed: 'strategy: rolling, or canary',
            fix: 'a balancer that switches slots: `balancer: haproxy://...?map=/etc/haproxy/slipway.map&blue=be_blue&green=be_green`',
        },
    ];
}
/** What takes two slots, where there is one. */
function refuseOneSlot(strategy, { capabilities }) {
    const { slots, weights, replaces } = capabilities;
    if (slots === 2 && weights !== 'none' && replaces === 'stop-start')
        return [];
    const what = slots === 1 || replaces === 'gradually'
        ? `The strategy ${strategy} needs two slots, so that the old release serves until the new one is proved.`
        : `The strategy ${strategy} needs a balancer, which moves the traffic between the slots.`;
    return [{ what, fix: '`slots: blue=8080 green=8081` and a `balancer`, or `strategy: rolling`' }];
}

// EXTERNAL MODULE: ./packages/kernel/build/amount.js
var build_amount = __webpack_require__(2998);
;// CONCATENATED MODULE: ./packages/strategy/build/predict.js
const EMPTY = { release: null, healthy: false, share: 0 };
/**
 * What a topology is once a step was done. Of a member that failed nothing good is assumed: it counts as out of
 * service, unless the step changes nothing that runs.
 */
function predict(topology, step, failed = new Set()) {
    const concerned = new Set(step.members);
    const after = (member) => {
        if (!concerned.has(member.id))
            return member;
        if (!failed.has(member.id))
            return done(member, step, topology.capabilities);
        return CHANGES_NOTHING_THAT_RUNS.has(step.kind) ? member : outOfService(member);
    };
    return { ...topology, members: topology.members.map(after) };
}
const CHANGES_NOTHING_THAT_RUNS = new Set(['stage', 'migrate', 'check', 'soak']);
function done(member, step, { replaces }) {
    switch (step.kind) {
        case 'stage':
        case 'migrate':
        case 'check':
        case 'soak':
            return member;
        case 'start':
            return withSlot(member, step.slot, (slot) => replaces === 'gradually' && slot.healthy
                ? { ...slot, becoming: step.release }
                : { release: step.release, healthy: false, share: slot.share });
        case 'probe':
            return withSlot(member, step.slot, ({ share }) => ({ release: step.release, healthy: true, share }));
        case 'retire':
            return withSlot(member, step.slot, stopped);
        case 'shift':
            // Of two groups of hosts each has a slot of its own.
            return Object.entries(step.shares).reduce((changed, [name, share]) => member.slots[name] === undefined ? changed : withSlot(changed, name, (slot) => ({ ...slot, share })), member);
    }
}
function outOfService(member) {
    const names = Object.keys(member.slots);
    return names.reduce((changed, name) => withSlot(changed, name, stopped), member);
}
function stopped({ release, share }) {
    return { release, healthy: false, share };
}
function withSlot(member, name, change) {
    return { ...member, slots: { ...member.slots, [name]: change(member.slots[name] ?? EMPTY) } };
}

;// CONCATENATED MODULE: ./packages/strategy/build/sides.js






/**
 * The release comes up where it runs whole already, else on the idle side: the one with less traffic, and of two equal
 * ones the one with less that is healthy.
 */
function sidesFor(topology, release) {
    const sides = ['blue', 'green'].map((name) => sideOf(topology, name, release));
    const [blue, green] = sides;
    const idle = [blue.traffic - green.traffic, blue.healthy - green.healthy].find((by) => by !== 0) ?? 1;
    const [other, first] = idle < 0 ? [green, blue] : [blue, green];
    const whole = [other, first].find((side) => side.unready.length === 0 && routed(side.members).length > 0);
    const side = whole ?? first;
    const members = side.members;
    const goesOn = side.unready.length === 0;
    return {
        incoming: side.name,
        outgoing: otherSlot(side.name),
        members,
        unready: side.unready,
        served: topology.members.some((member) => serves(member, otherSlot(side.name))),
        share: goesOn ? Math.max(0, ...routed(members).map((member) => member.slots[side.name]?.share ?? 0)) : 0,
    };
}
function otherSlot(slot) {
    return slot === 'blue' ? 'green' : 'blue';
}
function sideOf({ members: all }, name, release) {
    const members = all.filter((member) => member.slots[name] !== undefined);
    const slots = members.flatMap((member) => member.slots[name] ?? []);
    return {
        name,
        members,
        unready: members.filter(({ slots: { [name]: slot } }) => !(slot?.healthy && (0,build_release/* sameRelease */.OW)(slot.release, release))),
        traffic: slots.reduce((sum, { share }) => sum + share, 0) / Math.max(1, slots.length),
        healthy: slots.filter((slot) => slot.healthy).length / Math.max(1, slots.length),
    };
}
/** Nothing is left to do: the incoming side is whole and has all the traffic. */
function isSettled({ incoming, outgoing, unready, members }, topology) {
    const shares = (name) => routed(topology.members).flatMap((member) => member.slots[name]?.share ?? []);
    return (routed(members).length > 0 &&
        unready.length === 0 &&
        shares(incoming).every((share) => share === 100) &&
        shares(outgoing).every((share) => share === 0));
}
/**
 * Brings the release up on the whole incoming side, which no user sees: what traffic it has goes first, unless the
 * release runs there whole already.
 */
function bringUp({ members, unready, incoming, outgoing }, request, topology) {
    const { release, checks } = request;
    const isSeen = members.some((member) => (member.slots[incoming]?.share ?? 0) > 0);
    const clear = isSeen && unready.length > 0 ? [shiftTo(topology, clearShares(incoming, outgoing, topology))] : [];
    const at = { slot: incoming, release };
    return meaningful([
        ...clear,
        { kind: 'stage', members: ids(unready), release },
        { kind: 'start', members: ids(unready), ...at },
        { kind: 'probe', members: ids(members), ...at },
        { kind: 'check', members: checks ? ids(routed(members)) : [], ...at },
    ]);
}
/** Where each member has its own share, the outgoing side keeps what it has. */
function clearShares(incoming, outgoing, { capabilities }) {
    return capabilities.shifts === 'together' ? { [incoming]: 0, [outgoing]: 100 } : { [incoming]: 0 };
}
/**
 * The incoming side gets a part of the traffic, the other one the rest, as far as it serves anybody. Of two groups that
 * are told one by one, what joins comes first.
 */
function splitTraffic(sides, percent, topology) {
    const { incoming, outgoing, served } = sides;
    if (topology.capabilities.shifts === 'together') {
        return [shiftTo(topology, { [incoming]: percent, [outgoing]: 100 - percent })];
    }
    const rest = (member) => (serves(member, outgoing) || !served ? 100 - percent : 0);
    const sharesOf = (member) => ({
        ...(member.slots[incoming] === undefined ? {} : { [incoming]: percent }),
        ...(member.slots[outgoing] === undefined ? {} : { [outgoing]: rest(member) }),
    });
    const joining = topology.members.toSorted((a, b) => Number(incoming in b.slots) - Number(incoming in a.slots));
    return grouped(joining, (member) => JSON.stringify(sharesOf(member))).map(([, group]) => shiftTo({ ...topology, members: group }, sharesOf(group[0])));
}
function serves(member, slot) {
    const seen = member.slots[slot];
    return seen?.healthy === true && seen.share > 0;
}
function shiftTo({ members }, shares) {
    const concerned = members.filter((member) => Object.keys(shares).some((slot) => member.slots[slot]));
    return { kind: 'shift', members: ids(routed(concerned)), shares };
}
function routed(members) {
    return members.filter((member) => !member.drainedByOperator);
}
/** What is left is stopped; where nothing runs there is nothing to stop. */
function retireSide(topology, slot) {
    const running = topology.members.filter((member) => member.slots[slot]?.healthy === true);
    return { kind: 'retire', members: ids(running), slot };
}
/** How many members stay in service, or why the steps would leave too few. */
function capacityFor({ members, outgoing, share, served }, { minAvailable: asked, allowDowntime }, steps, topology) {
    const atStart = topology.members.filter(build_topology/* inService */.PX).length;
    const minAvailable = Math.min(Math.max(1, (0,build_amount/* resolveAmount */.LO)(asked, members.length)), atStart);
    let now = topology;
    const forward = steps.reduce((least, step) => {
        now = predict(now, step);
        return Math.min(least, now.members.filter(build_topology/* inService */.PX).length);
    }, atStart);
    // A canary that goes on has to find enough on the side that it may be sent back to.
    const back = share > 0 && served ? topology.members.filter((member) => serves(member, outgoing)).length : atStart;
    const fewest = steps.length === 0 ? atStart : Math.min(forward, back);
    if (steps.length > 0 && routed(members).length === 0)
        return [nobodyLeft(members)];
    if (fewest >= minAvailable)
        return { minAvailable, notes: [] };
    const problem = {
        what: `Only ${fewest} of the ${atStart} members in service would stay there, and ${minAvailable} must.`,
        fix: 'bring the members of the side that serves back first, lower `min-available`, or `allow-downtime: true`',
    };
    return allowDowntime ? { minAvailable: fewest, notes: [`allow-downtime: ${problem.what}`] } : [problem];
}
function nobodyLeft(members) {
    return {
        what: 'Every member of the idle side was drained by somebody else, so nobody could be served there.',
        got: members.map(({ name }) => name).join(', '),
        fix: 'take them back into service in the balancer first',
    };
}

;// CONCATENATED MODULE: ./packages/strategy/build/blue-green.js





/**
 * The idle side comes up in full size, is proved and checked while no user sees it, and takes all traffic at one moment.
 * The side that is left stays as it is for an instant way back, or is retired.
 */
function planBlueGreen(request, topology) {
    const problems = [...refuseOneSlot(request.strategy, topology), ...refuseOneByOne(topology)];
    if (problems.length > 0)
        return problems;
    const { release, soakMs } = request;
    const sides = sidesFor(topology, release);
    const { incoming, outgoing, members } = sides;
    const whole = isSettled(sides, topology) ? [] : [...bringUp(sides, request, topology), ...switchOver()];
    const steps = request.until === 'end' ? whole : whole.slice(0, firstSwitch(whole));
    const capacity = capacityFor(sides, request, steps, topology);
    if ((0,errors/* isProblems */.vB)(capacity))
        return capacity;
    return {
        strategy: 'blue-green',
        release,
        incoming,
        steps,
        minAvailable: capacity.minAvailable,
        notes: [...respected(members), ...capacity.notes],
    };
    function switchOver() {
        const soak = { kind: 'soak', members: ids(routed(members)), release, forMs: soakMs };
        return meaningful([
            shiftTo(topology, { [incoming]: 100, [outgoing]: 0 }),
            ...(soakMs > 0 ? [soak] : []),
            ...(request.keepWarm ? [] : [retireSide(topology, outgoing)]),
        ]);
    }
    function firstSwitch(all) {
        const at = all.findIndex((step) => step.kind === 'shift' && step.shares[incoming] === 100);
        return at < 0 ? all.length : at;
    }
}

;// CONCATENATED MODULE: ./packages/strategy/build/availability.js


/**
 * The room that a rolling update has. Members that are down or drained cost nothing and come first, so that by the
 * time a serving member is taken out, everything but what an operator drained is in service.
 */
function roomFor(request, topology, takesOutServing) {
    const total = topology.members.length;
    const atStart = topology.members.filter(build_topology/* inService */.PX).length;
    const minAvailable = Math.min(Math.max(1, (0,build_amount/* resolveAmount */.LO)(request.minAvailable, total)), atStart);
    const batches = request.batch.map((amount) => Math.max(1, (0,build_amount/* resolveAmount */.LO)(amount, total)));
    if (!takesOutServing)
        return { minAvailable, batches, servingBatches: batches, notes: [] };
    const available = topology.members.filter((member) => !member.drainedByOperator).length;
    const spare = available - minAvailable;
    const problem = downtime(request, topology, available, minAvailable);
    if (problem === undefined) {
        const largest = Math.max(...batches);
        const lowered = `The batch is ${spare} and not ${largest}: of ${available} members in service ${minAvailable} must stay.`;
        return { minAvailable, batches, servingBatches: capped(spare), notes: spare < largest ? [lowered] : [] };
    }
    if (!request.allowDowntime)
        return [problem];
    const notes = [`allow-downtime: ${problem.what}`];
    // One at a time breaks the promise as little as can be.
    if (spare < 1)
        return { minAvailable: available - 1, batches, servingBatches: [1], notes };
    return { minAvailable, batches, servingBatches: capped(spare), notes };
    function capped(most) {
        return batches.map((size) => Math.min(size, most));
    }
}
/** Why requests would be lost, or undefined when none are. */
function downtime(request, topology, available, minAvailable) {
    if (topology.capabilities.weights === 'none') {
        return {
            what: 'Without a balancer no traffic can be taken off a member, so replacing what is live loses requests.',
            fix: 'name the `balancer`, or accept it: `allow-downtime: true`',
        };
    }
    if (available > minAvailable)
        return undefined;
    if (available === 1) {
        const only = topology.members.find((member) => !member.drainedByOperator);
        return {
            what: `${only?.name} is the only member that can be in service, so replacing what is live loses requests.`,
            fix: 'add a member, or accept it: `allow-downtime: true`',
        };
    }
    return {
        what: 'Not even one member may be taken out of service.',
        got: `min-available: ${(0,build_amount/* formatAmount */.ej)(request.minAvailable)}, that is ${minAvailable} of ${available} members that can be in service`,
        allowed: `at most ${available - 1}`,
        fix: `\`min-available: ${available - 1}\`, or more members, or \`allow-downtime: true\``,
    };
}

;// CONCATENATED MODULE: ./packages/strategy/build/canary-in-place.js






const ALL = { kind: 'percent', percent: 100 };
/** The canary are members: so many are replaced and watched, then more. Their share of all members is the real share. */
function planCanaryInPlace(request, topology) {
    const { release } = request;
    const { capabilities, members } = topology;
    const todo = members.filter((member) => !(0,build_topology/* satisfies */.ib)(member, release));
    const ready = todo.filter((member) => (0,build_topology/* slotRunning */.kf)(member, release) !== undefined);
    const restart = todo.filter((member) => !ready.includes(member));
    const serving = restart.filter(build_topology/* inService */.PX);
    const problems = [...refuseTogether(topology), ...refuseAlone(topology)];
    if (problems.length > 0)
        return problems;
    const room = roomFor({ ...request, batch: [ALL] }, topology, serving.length > 0);
    if ((0,errors/* isProblems */.vB)(room))
        return room;
    const done = members.length - restart.length;
    const climbs = climbing(request, members.length, done);
    const order = [...restart.filter((member) => !serving.includes(member)), ...serving];
    const all = climbs.map(({ from, to, soakMs }) => {
        return { batches: batchesOf(order.slice(from - done, to - done), room), soakMs };
    });
    const waves = request.until === 'end' ? all : all.slice(0, done > 0 ? 0 : 1);
    return {
        strategy: 'canary',
        release,
        steps: replaceInPlace(waves, ready, release, capabilities),
        minAvailable: room.minAvailable,
        notes: [...respected(members), ...room.notes, ...climbs.flatMap((climb) => realShare(climb, members.length))],
    };
}
/** The first step takes at least one member; one that would take no more than those before only watches them longer. */
function climbing({ steps }, total, done) {
    const climbs = [];
    for (const { percent, soakMs } of stepsAfter(0, steps)) {
        const last = climbs.at(-1);
        const from = last?.to ?? done;
        const to = Math.max(1, Math.floor((total * percent) / 100 + 1e-9));
        if (to > from)
            climbs.push({ from, to, percent, soakMs });
        else if (last !== undefined)
            climbs.splice(-1, 1, { ...last, percent, soakMs: last.soakMs + soakMs });
    }
    return climbs;
}
function realShare({ to, percent }, total) {
    const real = (100 * to) / total;
    return real === percent
        ? []
        : [`${percent} % of the traffic is ${to} of ${total} members here: ${real.toFixed(0)} %.`];
}
function batchesOf(chosen, room) {
    const serving = chosen.filter(build_topology/* inService */.PX);
    const idle = chosen.filter((member) => !serving.includes(member));
    return [...inBatches(idle, [Math.max(1, idle.length)]), ...inBatches(serving, room.servingBatches)];
}
/** One member is all or nothing. */
function refuseAlone({ capabilities, members }) {
    if (capabilities.replaces === 'stop-start' && capabilities.weights !== 'none' && members.length > 1)
        return [];
    return [
        {
            what: 'A canary needs a second slot, or several members behind a balancer: here the traffic cannot be shared.',
            fix: '`slots: blue=8080 green=8081` and a `balancer`, or `strategy: rolling`',
        },
    ];
}

;// CONCATENATED MODULE: ./packages/strategy/build/canary.js






/**
 * Few users first: the release comes up beside the one that serves, gets a small share, is watched, is proved again,
 * gets more. With one slot a member, the share is that of the members that are replaced.
 */
function planCanary(request, topology) {
    const mixed = refuseMixed(request, topology);
    if (mixed.length > 0)
        return mixed;
    if (topology.capabilities.slots === 1)
        return planCanaryInPlace(request, topology);
    const problems = refuseOneSlot(request.strategy, topology);
    return problems.length > 0 ? problems : planBySlots(request, topology);
}
function planBySlots(request, topology) {
    const { release } = request;
    const sides = sidesFor(topology, release);
    const { incoming, outgoing, members } = sides;
    // Where nobody is served there is nobody to be careful with.
    const ahead = sides.served ? stepsAfter(sides.share, request.steps) : [{ percent: 100, soakMs: 0 }];
    const wanted = request.until === 'end' ? ahead : ahead.slice(0, sides.share > 0 ? 0 : 1);
    const steps = isSettled(sides, topology)
        ? []
        : [...bringUp(sides, request, topology), ...wanted.flatMap(climb), ...(request.until === 'end' ? leave() : [])];
    const capacity = capacityFor(sides, request, steps, topology);
    if ((0,errors/* isProblems */.vB)(capacity))
        return capacity;
    return {
        strategy: 'canary',
        release,
        incoming,
        steps,
        minAvailable: capacity.minAvailable,
        notes: [...respected(members), ...capacity.notes],
    };
    function climb({ percent, soakMs }, index) {
        const watched = ids(routed(members));
        return meaningful([
            // What was healthy before the soak need not be so after it.
            { kind: 'probe', members: index > 0 ? watched : [], slot: incoming, release },
            ...splitTraffic(sides, percent, topology),
            { kind: 'soak', members: soakMs > 0 ? watched : [], release, forMs: soakMs },
        ]);
    }
    function leave() {
        return request.keepWarm ? [] : meaningful([retireSide(topology, outgoing)]);
    }
}

;// CONCATENATED MODULE: ./packages/strategy/build/rolling.js





/**
 * Batches of drain, start, probe and full traffic. What is down or drained comes first, since it costs no capacity. A
 * target that replaces gradually makes its own batches: it gets all members at once, and what serves is not drained.
 */
function planRolling(request, topology) {
    const { release, pauseMs } = request;
    const { capabilities, members } = topology;
    const todo = members.filter((member) => !(0,build_topology/* satisfies */.ib)(member, release));
    const ready = todo.filter((member) => (0,build_topology/* slotRunning */.kf)(member, release) !== undefined);
    const restart = todo.filter((member) => !ready.includes(member));
    const serving = restart.filter(build_topology/* inService */.PX);
    const gradually = capabilities.replaces === 'gradually';
    const problems = [...refuseTogether(topology), ...refuseMixed(request, topology)];
    if (problems.length > 0)
        return problems;
    const room = roomFor(request, topology, serving.length > 0 && !gradually);
    if ((0,errors/* isProblems */.vB)(room))
        return room;
    const idle = inBatches(restart.filter((member) => !serving.includes(member)), room.batches);
    const batches = gradually ? [restart] : [...idle, ...inBatches(serving, later(room.servingBatches, idle.length))];
    const waves = batches.map((batch, index) => {
        return { batches: [batch], soakMs: index < batches.length - 1 ? pauseMs : 0 };
    });
    return {
        strategy: 'rolling',
        release,
        steps: replaceInPlace(waves, ready, release, capabilities),
        minAvailable: room.minAvailable,
        notes: [...respected(members), ...room.notes],
    };
}
/** The sizes once so many batches are through; the last one always stays. */
function later(sizes, through) {
    return sizes.slice(Math.min(through, sizes.length - 1));
}

;// CONCATENATED MODULE: ./packages/strategy/build/planner.js



/** The steps from what is seen to what is asked for, or why that cannot be done without losing requests. */
function plan(request, topology) {
    switch (request.strategy) {
        case 'rolling':
            return planRolling(request, topology);
        case 'blue-green':
            return planBlueGreen(request, topology);
        case 'canary':
            return planCanary(request, topology);
    }
}

;// CONCATENATED MODULE: ./packages/rollout/build/choose.js




/**
 * The deployment that a rollback takes up again: its release and its configuration. `to`: empty for the newest that finished healthy, is not live and was never
 * rolled back from; `previous` for what was live before; else a version or a digest of the ledger.
 */
function chooseRollback(entries, left, to) {
    const known = healthyDeployments(entries);
    const isBad = badIn(entries);
    const found = () => {
        if (to === '')
            return known.find((entry) => !(0,build_release/* sameRelease */.OW)(idOf(entry), left) && !isBad(idOf(entry)));
        if (to === 'previous') {
            const before = entries.findLast(succeeded)?.previous;
            return known.find((entry) => (0,build_release/* sameRelease */.OW)(idOf(entry), before));
        }
        return known.find(({ release: { version, digest } }) => to === version || to === digest);
    };
    return found() ?? [nothingToGoBackTo(to, known, left, isBad)];
}
/** Whether a release was rolled back from: it is never taken again by itself. */
function badIn(entries) {
    const bad = new Set(entries.filter(succeeded).map((entry) => `${entry.bad} ${entry.badConfig ?? ''}`));
    return ({ digest, config }) => bad.has(`${digest} ${config ?? ''}`);
}
/**
 * The release that a rollback leaves: one that runs but never finished healthy (a run that died half way), else what
 * the ledger calls live.
 */
function leaving(entries, topology) {
    const known = healthyDeployments(entries).map(idOf);
    const running = topology.members
        .toSorted((a, b) => Number((0,build_topology/* inService */.PX)(b)) - Number((0,build_topology/* inService */.PX)(a)))
        .flatMap((member) => Object.values(member.slots).filter((slot) => slot.healthy))
        .flatMap(({ release, becoming }) => [becoming, release].flatMap((each) => each ?? []));
    return running.find((release) => !known.some((each) => (0,build_release/* sameRelease */.OW)(each, release))) ?? liveId(entries);
}
function nothingToGoBackTo(to, known, left, isBad) {
    if (known.length === 0) {
        return {
            what: 'There is nothing to go back to: no release has finished healthy here yet.',
            fix: 'deploy a release first',
        };
    }
    const list = known.map(idOf).map((release) => {
        const marks = [(0,build_release/* sameRelease */.OW)(release, left) ? 'live' : '', isBad(release) ? 'rolled back from' : ''];
        const said = marks.filter((mark) => mark !== '').join(', ');
        return `${release.version} (${(0,build_digest/* shortDigest */.VK)(release.digest)}${said === '' ? '' : `, ${said}`})`;
    });
    const allowed = `healthy releases in the ledger: ${list.join(', ')}`;
    const fix = 'to: <one of these versions or digests>';
    if (to === '') {
        return {
            what: 'There is nothing to go back to: every other healthy release was rolled back from, or there is none.',
            allowed,
            fix,
        };
    }
    if (to === 'previous')
        return { what: 'What was live before never finished healthy here.', allowed, fix };
    return { what: 'No healthy release of this name is in the ledger.', got: to, allowed, fix };
}

;// CONCATENATED MODULE: ./packages/rollout/build/order.js
/**
 * A slow run must not put its older release over a newer one: of the same repository and ref, the run with the lower
 * number is older, and of one run's releases the one with the earlier commit. Releases of different lines have no order.
 */
function isOlder(release, than) {
    if (release.digest === than.digest)
        return false;
    if (release.repository !== than.repository || release.ref !== than.ref)
        return false;
    if (release.run.number !== than.run.number)
        return release.run.number < than.run.number;
    return Date.parse(release.commitTime) < Date.parse(than.commitTime);
}

;// CONCATENATED MODULE: ./packages/rollout/build/decide.js







/** From what is wanted and what is seen to what is done; pure, so that `mode: plan` shows exactly what would run. */
function decide(intent, tactics, run, seen) {
    const current = live(seen.entries);
    const { deployment, left } = wanted(intent, run, seen);
    if ((0,errors/* isProblems */.vB)(deployment))
        return deployment;
    const { release, config, settings } = deployment;
    const lacking = withoutEnvironment(intent, config, seen);
    if (lacking.length > 0)
        return lacking;
    const id = { ...(0,build_release/* releaseId */.Bf)(release), ...(config === undefined ? {} : { config }) };
    if (intent.kind === 'deploy' && !intent.allowOlder && current !== null && isOlder(release, current)) {
        return { kind: 'superseded', release, by: current };
    }
    const planned = plan({ ...tactics, release: id }, seen.topology);
    if ((0,errors/* isProblems */.vB)(planned))
        return planned;
    return {
        kind: 'go',
        release,
        settings,
        plan: migrates(intent, id, seen) ? withMigration(planned) : planned,
        bad: (0,build_release/* sameRelease */.OW)(left, id) ? null : left,
        settled: planned.steps.length === 0 && (0,build_release/* sameRelease */.OW)(liveId(seen.entries), id),
    };
}
/** What is live has its data already: bringing back its traffic is no deployment. */
function migrates(intent, release, { migrates: asked, entries }) {
    return intent.kind === 'deploy' && asked === true && !(0,build_release/* sameRelease */.OW)(liveId(entries), release);
}
/** A secret that is misspelt or not there reads as no text at all: that must not take the environment away. */
function withoutEnvironment(intent, config, { entries }) {
    const current = liveId(entries);
    if (intent.kind !== 'deploy' || config !== undefined || current?.config === undefined)
        return [];
    return [
        {
            what: `${current.version}, which is live, runs with an environment, and this deployment brings none.`,
            allowed: 'an env-file; one with nothing but a comment takes the environment away',
            fix: 'env-file: ${{ secrets.ENV_FILE }}',
        },
    ];
}
function wanted(intent, run, { entries, topology, ...brought }) {
    if (intent.kind === 'deploy') {
        const { config, settings } = brought;
        return {
            deployment: {
                release: intent.release,
                ...(config === undefined ? {} : { config }),
                ...(settings === undefined ? {} : { settings }),
            },
            left: null,
        };
    }
    if (intent.kind === 'restore')
        return { deployment: entries.findLast(succeeded) ?? NOTHING_WAS_LIVE, left: null };
    // A rollback that is repeated, since it died while it wrote its entry, must not go back a second time.
    const others = entries.filter((entry) => entry.run.id !== run.id);
    const left = leaving(others, topology);
    return { deployment: chooseRollback(others, left, intent.to), left };
}
const NOTHING_WAS_LIVE = [
    { what: 'Nothing was live here before, so there is nothing to bring back.', fix: 'run the deployment again' },
];

;// CONCATENATED MODULE: ./packages/strategy/build/unwind-side.js





/**
 * The way back of a plan that brings up a whole side: the traffic first, then what was started there. A side that had
 * lost all traffic is proved again before it gets it back. A canary that an earlier run began is left altogether. Where
 * nothing was in service before, a side that was brought up in full stays.
 */
function unwindSide(plan, incoming, before, failedAt) {
    const outgoing = otherSlot(incoming);
    const tried = plan.steps.slice(0, failedAt + 1);
    const shifts = tried.flatMap((step) => (step.kind === 'shift' ? [step.shares] : []));
    const members = before.members.filter((member) => member.slots[incoming] !== undefined);
    const started = membersOf('start');
    const goesOn = before.members.some((member) => serves(member, outgoing)) &&
        routed(members).every((member) => runs(member) && serves(member, incoming));
    const arrived = plan.steps.slice(0, failedAt).some((step) => step.kind === 'shift' && step.shares[incoming] === 100);
    if (arrived && !before.members.some(build_topology/* inService */.PX))
        return [];
    const had = shifts.length === 0 || goesOn ? [] : routed(members).filter((member) => serves(member, incoming));
    const served = before.members.filter((member) => serves(member, outgoing));
    const retired = membersOf('retire');
    const replaced = members.filter((member) => started.has(member.id) && member.slots[incoming]?.healthy === true);
    const lost = members.filter((member) => goesOn || (started.has(member.id) && !replaced.includes(member)));
    const stopped = before.members.filter((member) => retired.has(member.id) && member.slots[outgoing]?.healthy === true);
    return meaningful([
        ...again('start', stopped, outgoing),
        ...again('probe', unwind_side_union(shifts.some((shares) => shares[outgoing] === 0) ? served : [], stopped), outgoing),
        ...(goesOn || (shifts.length > 0 && (served.length > 0 || started.size > 0)) ? away() : []),
        ...again('start', replaced, incoming),
        { kind: 'retire', members: ids(lost), slot: incoming },
        ...again('probe', unwind_side_union(replaced, had), incoming),
        ...(had.length === 0 ? [] : asBefore()),
    ]);
    function membersOf(kind) {
        return new Set(tried.flatMap((step) => (step.kind === kind ? step.members : [])));
    }
    function runs({ slots: { [incoming]: slot } }) {
        return slot?.healthy === true && (0,build_release/* sameRelease */.OW)(slot.release, plan.release);
    }
    /** Nothing for the side that came up; the other one has all, or each member what it had. */
    function away() {
        if (before.capabilities.shifts === 'together')
            return [shiftTo(before, { [incoming]: 0, [outgoing]: 100 })];
        const share = (member) => goesOn && serves(member, outgoing) ? 100 : shareBefore(member.slots[outgoing]);
        return byShares((member) => ({ [incoming]: 0, [outgoing]: share(member) }));
    }
    function asBefore() {
        if (before.capabilities.shifts === 'each') {
            return byShares((member) => ({
                [incoming]: shareBefore(member.slots[incoming]),
                [outgoing]: shareBefore(member.slots[outgoing]),
            }));
        }
        const share = shareIn(had[0], incoming);
        return [shiftTo(before, { [incoming]: share, [outgoing]: 100 - share })];
    }
    function byShares(of) {
        // What joins comes first, so that somebody always serves.
        const joins = (member) => of(member)[outgoing] ?? 0;
        const joining = before.members.toSorted((a, b) => joins(b) - joins(a));
        const groups = grouped(joining, (member) => JSON.stringify(of(member)));
        return groups.map(([, group]) => shiftTo({ ...before, members: group }, of(group[0])));
    }
}
/** What ran in the slot, in one step for each release. */
function again(kind, members, slot) {
    const old = members.flatMap((member) => {
        const release = member.slots[slot]?.release ?? null;
        return release === null ? [] : [{ id: member.id, release }];
    });
    return grouped(old, ({ release }) => `${release.digest} ${release.config ?? ''}`).map(([, group]) => {
        return { kind, members: group.map(({ id }) => id), slot, release: group[0].release };
    });
}
function shareIn(member, slot) {
    return member.slots[slot]?.share ?? 0;
}
/** As far as it reached something healthy. */
function shareBefore(slot) {
    return slot?.healthy === true ? slot.share : 0;
}
function unwind_side_union(a, b) {
    return [...a, ...b.filter((member) => !a.includes(member))];
}

;// CONCATENATED MODULE: ./packages/strategy/build/unwind.js



/**
 * The way back to `before` once step `failedAt` of the plan was tried, on whichever of its members it took effect:
 * traffic first, process second, only what was touched, the failing batch first and then the earlier ones in reverse.
 * Members in `down` are known to be out of service and come first, since they cost no capacity.
 * What was down before ends stopped and without traffic, since nothing better is known of it. When nothing was in
 * service, members that were brought up in full stay: they are the last healthy version there is.
 */
function unwind(plan, before, failedAt, down = new Set()) {
    if (plan.incoming !== undefined)
        return unwindSide(plan, plan.incoming, before, failedAt);
    const { capabilities } = before;
    const stopStart = capabilities.replaces === 'stop-start';
    const tried = plan.steps.slice(0, failedAt + 1);
    const started = startedSlots(tried);
    const shifted = new Set(tried.flatMap((step) => (step.kind === 'shift' ? step.members : [])));
    const kept = before.members.some(build_topology/* inService */.PX)
        ? new Set()
        : broughtUp(plan.steps.slice(0, failedAt), capabilities);
    const batches = touched(tried, down).map((ids) => before.members.filter(({ id }) => ids.has(id) && !kept.has(id)));
    return meaningful(batches.flatMap(undo));
    function undo(members) {
        const routed = capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
        const cleared = routed.filter((member) => !(0,build_topology/* inService */.PX)(member) || (stopStart && started.has(member.id)));
        const old = members.flatMap(oldSlots);
        const replaced = old.filter(isReplaced);
        const lost = members.filter(({ id }) => started.has(id) && !replaced.some((slot) => slot.id === id));
        return [
            { kind: 'shift', members: cleared.map(({ id }) => id), shares: sharesFor(null, capabilities) },
            ...bySlot(replaced).map(stepOf('start')),
            ...retire(lost.map(({ id }) => id)),
            ...bySlot(old.filter((slot) => slot.share > 0 || isReplaced(slot))).map(stepOf('probe')),
            ...giveBack(routed.filter((member) => (0,build_topology/* inService */.PX)(member) && shifted.has(member.id))),
        ];
    }
    /** By us, or about to be by a run before us: a probe would wait for what is on its way. */
    function isReplaced({ id, slot, share, unsettled }) {
        return started.get(id) === slot || (unsettled && share > 0);
    }
    function retire(members) {
        return grouped(members, (id) => started.get(id) ?? 'blue').map(([slot, ids]) => ({
            kind: 'retire',
            members: ids,
            slot,
        }));
    }
}
function startedSlots(tried) {
    return new Map(tried.flatMap((step) => (step.kind === 'start' ? step.members.map((id) => [id, step.slot]) : [])));
}
/** Members by the last step that changed their traffic or process, the newest first: batches, in reverse. */
function touched(tried, first) {
    const changes = tried.filter(({ kind }) => kind === 'start' || kind === 'shift').toReversed();
    const all = changes.flatMap((step) => step.members);
    const seen = new Set();
    return [all.filter((id) => first.has(id)), ...changes.map((step) => step.members)].map((members) => {
        const batch = new Set(members.filter((id) => !seen.has(id)));
        for (const id of batch)
            seen.add(id);
        return batch;
    });
}
/** Members that were led through to the end: with full traffic, or healthy where there is no traffic to give. */
function broughtUp(done, capabilities) {
    const ends = (step) => capabilities.weights === 'none'
        ? step.kind === 'probe'
        : step.kind === 'shift' && Object.values(step.shares).some((share) => share > 0);
    return new Set(done.filter(ends).flatMap((step) => step.members));
}
function oldSlots(member) {
    const slots = Object.entries(member.slots);
    return slots.flatMap(([slot, { healthy, release, share, becoming }]) => healthy && release !== null ? [{ id: member.id, slot, release, share, unsettled: becoming !== undefined }] : []);
}
function bySlot(old) {
    return grouped(old, ({ slot, release }) => `${slot} ${release.digest} ${release.config ?? ''}`).map(([, group]) => group);
}
function stepOf(kind) {
    return (group) => {
        const { slot, release } = group[0];
        return { kind, members: group.map(({ id }) => id), slot, release };
    };
}
/** Shares as they were, as far as they reached something healthy. */
function giveBack(members) {
    return grouped(members, (member) => JSON.stringify(sharesOf(member))).map(([, group]) => ({
        kind: 'shift',
        members: group.map(({ id }) => id),
        shares: sharesOf(group[0]),
    }));
}
function sharesOf(member) {
    return Object.fromEntries(Object.entries(member.slots).map(([name, slot]) => [name, slot.healthy ? slot.share : 0]));
}

;// CONCATENATED MODULE: ./packages/rollout/build/run-steps.js





/**
 * Runs steps in order. A member that fails takes no part in later steps; one failure too many, or a step that would
 * leave too few members in service, ends the course. Once the signal is aborted nothing new starts.
 */
async function runSteps(course, ports) {
    const reports = [];
    const failed = new Set();
    let { topology } = course;
    const passage = (end) => {
        return { end, reports, failures: reports.flatMap((report) => report.failures), topology };
    };
    for (const [index, whole] of course.steps.entries()) {
        const step = { ...whole, members: whole.members.filter((id) => !failed.has(id)) };
        if (step.members.length === 0)
            continue;
        if (ports.signal.aborted)
            return passage({ kind: 'interrupted' });
        const title = (0,describe/* describeStep */.Ey)(step, topology);
        if (takesTooMuch(step, topology, course.minAvailable)) {
            const why = `"${title}" would leave fewer than ${course.minAvailable} members in service.`;
            return passage({ kind: 'failed', at: index - 1, why });
        }
        const began = ports.clock.monotonic();
        const number = course.stepsBefore + reports.length + 1;
        const attempted = await attempt(step, { number, phase: course.phase }, topology, ports);
        const ms = ports.clock.monotonic() - began;
        if (attempted.kind === 'interrupted') {
            ports.log.info(`${number} ${title}: interrupted after ${(0,duration/* humanSeconds */.Nj)(ms)}`);
            return passage({ kind: 'interrupted' });
        }
        if (attempted.kind === 'bad') {
            await tellBad(`${number} ${title}: ${(0,duration/* humanSeconds */.Nj)(ms)}`, attempted, ports.log);
            reports.push({ number, phase: course.phase, kind: step.kind, title, ms, failures: [] });
            return passage({ kind: 'failed', at: index, why: `${title}: ${attempted.why}` });
        }
        const { failures } = attempted;
        await tell(`${number} ${title}: ${(0,duration/* humanSeconds */.Nj)(ms)}`, failures, ports.log);
        reports.push({ number, phase: course.phase, kind: step.kind, title, ms, failures });
        for (const failure of failures)
            failed.add(failure.member);
        topology = predict(topology, step, new Set(failures.map((failure) => failure.member)));
        // No budget pays for data that the release cannot work with.
        if (failed.size > course.budget || (step.kind === 'migrate' && failures.length > 0)) {
            return passage({ kind: 'failed', at: index, why: `${title}: ${failures.map(inWords).join('; ')}` });
        }
    }
    return passage({ kind: 'done' });
}
/**
 * When nothing can be said of any member, all of them count as failed. Bytes that cannot be had are nobody's failure
 * while nothing is touched yet.
 */
async function attempt(step, { number, phase }, topology, ports) {
    const { signal } = ports;
    try {
        if (isWatched(step)) {
            const verdict = await ports.watch.look(step, topology, signal);
            return verdict.kind === 'good' ? { kind: 'done', failures: [] } : verdict;
        }
        const { target, run, releases } = ports;
        const failures = await target.perform(step, { run, number, phase, releases, signal });
        return signal.aborted && failures.length > 0 ? { kind: 'interrupted' } : { kind: 'done', failures };
    }
    catch (thrown) {
        if (signal.aborted)
            return { kind: 'interrupted' };
        if (number === 1 && step.kind === 'stage' && thrown instanceof errors/* UserError */.yo)
            throw thrown;
        const names = new Map(topology.members.map((member) => [member.id, member.name]));
        const failed = (member) => {
            return { member, name: names.get(member) ?? member, what: (0,errors/* messageOf */.bD)(thrown), lastLines: [] };
        };
        return { kind: 'done', failures: step.members.map(failed) };
    }
}
function isWatched(step) {
    return step.kind === 'check' || step.kind === 'soak';
}
async function tellBad(line, { why, lastLines }, log) {
    await log.group(line, async () => {
        log.info(why);
        if (lastLines.length > 0)
            log.foreign(lastLines.join('\n'));
    });
}
/** One line, with the failures below it; a foldable part only where a member's own words would bury the rest. */
async function tell(line, failures, log) {
    const explain = async () => {
        for (const failure of failures) {
            log.info(inWords(failure));
            if (failure.lastLines.length > 0)
                log.foreign(failure.lastLines.join('\n'));
        }
    };
    if (failures.some(({ lastLines }) => lastLines.length > 0))
        return await log.group(line, explain);
    log.info(line);
    await explain();
}
function takesTooMuch(step, topology, minAvailable) {
    const now = topology.members.filter(build_topology/* inService */.PX).length;
    const then = predict(topology, step).members.filter(build_topology/* inService */.PX).length;
    return then < now && then < minAvailable;
}
function inWords(failure) {
    return `${failure.name}: ${failure.what}`;
}

;// CONCATENATED MODULE: ./packages/rollout/build/travel.js






/** Runs the plan and reads the fleet again; when too much failed, goes back and reads again. */
async function travel(plan, before, maxFailures, ports) {
    const concerned = new Set(plan.steps.flatMap((step) => step.members));
    // When every member fails, no budget makes that a success; and a side that comes up as a whole has to be whole.
    const budget = plan.incoming === undefined ? Math.min(maxFailures, Math.max(0, concerned.size - 1)) : 0;
    const { minAvailable, steps } = plan;
    const course = { phase: 'forward', topology: before, minAvailable, stepsBefore: 0 };
    const way = await runSteps({ ...course, steps, budget }, ports);
    if (way.end.kind === 'interrupted')
        return journey('interrupted', [way], way.topology);
    if (way.end.kind === 'failed')
        return goBack(plan, before, way, way.end, ports);
    if (steps.length === 0)
        return journey('arrived', [way], before);
    const seen = await look(ports);
    if (seen.kind === 'interrupted')
        return journey('interrupted', [way], way.topology);
    if (seen.kind === 'blind')
        return journey('stranded', [way], way.topology, [`${seen.why} Run this again.`]);
    const failures = [...way.failures, ...notAsAsked(seen.topology, plan.release, way.failures)];
    const arrived = { ...way, failures, topology: seen.topology };
    if (failures.length > budget) {
        const why = failures.map(({ name, what }) => `${name}: ${what}`).join('; ');
        return goBack(plan, before, arrived, { at: steps.length - 1, why }, ports);
    }
    return setAside(arrived, minAvailable, ports);
}
async function goBack(plan, before, way, { at, why }, ports) {
    ports.log.info(`Going back: ${why}`);
    const back = await runSteps({
        phase: 'back',
        steps: unwind(plan, before, at, new Set(way.failures.map((failure) => failure.member))),
        topology: way.topology,
        minAvailable: plan.minAvailable,
        budget: Number.POSITIVE_INFINITY,
        stepsBefore: way.reports.length,
    }, ports);
    const parts = [way, back];
    if (back.end.kind === 'interrupted')
        return journey('interrupted', parts, back.topology, [why]);
    const halted = back.end.kind === 'failed' ? [`The way back ended early: ${back.end.why}`] : [];
    const seen = await look(ports);
    if (seen.kind === 'interrupted')
        return journey('interrupted', parts, back.topology, [why]);
    if (seen.kind === 'blind')
        return journey('stranded', parts, back.topology, [why, ...halted, seen.why]);
    const changed = differences(before, seen.topology, plan.release);
    for (const note of [...halted, ...changed])
        ports.log.info(note);
    const isBack = changed.length === 0 && back.failures.length === 0 && halted.length === 0;
    const returned = plan.steps[at]?.kind === 'migrate' ? 'untouched' : 'returned';
    return journey(isBack ? returned : 'stranded', parts, seen.topology, [why, ...halted, ...changed]);
}
/** Members that failed within the budget end without traffic, as far as the others can spare them. */
async function setAside(way, minAvailable, ports) {
    const { capabilities, members } = way.topology;
    const failed = members.filter((m) => !m.drainedByOperator && way.failures.some(({ member }) => member === m.id));
    if (failed.length === 0 || capabilities.weights === 'none')
        return journey('arrived', [way], way.topology);
    const course = {
        phase: 'forward',
        steps: [{ kind: 'shift', members: failed.map(({ id }) => id), shares: sharesFor(null, capabilities) }],
        topology: way.topology,
        minAvailable,
        budget: Number.POSITIVE_INFINITY,
        stepsBefore: way.reports.length,
    };
    const aside = await runSteps(course, ports);
    const notes = aside.end.kind === 'failed' ? [`What failed keeps the traffic that it had: ${aside.end.why}`] : [];
    const end = aside.end.kind === 'interrupted' ? 'interrupted' : 'arrived';
    // These members count as failed already.
    return journey(end, [way, { ...aside, failures: [] }], aside.topology, notes);
}
async function look({ target, signal, log }) {
    try {
        return { kind: 'seen', topology: (await target.observe(signal)).topology };
    }
    catch (thrown) {
        if (signal.aborted)
            return { kind: 'interrupted' };
        const why = `The members could not be read again: ${(0,errors/* messageOf */.bD)(thrown)}`;
        log.info(why);
        return { kind: 'blind', why };
    }
}
function notAsAsked(seen, release, known) {
    return (0,build_topology/* notSatisfied */.Ai)(seen, release)
        .filter((member) => !known.some((failure) => failure.member === member.id))
        .map((member) => ({
        member: member.id,
        name: member.name,
        what: `${release.version} was brought up, and yet the member ${travel_serves(member)} at the end`,
        lastLines: [],
    }));
}
/** Where users do not get what they got before; what came up by itself meanwhile is no harm. */
function differences(before, now, left) {
    return before.members.flatMap((member) => {
        const found = now.members.find(({ id }) => id === member.id);
        if (found === undefined)
            return [`${member.name} is gone.`];
        const was = (0,build_topology/* servedRelease */.h)(member);
        const is = (0,build_topology/* servedRelease */.h)(found);
        if ((0,build_release/* sameRelease */.OW)(is, was) || (was === null && !(0,build_release/* sameRelease */.OW)(is, left)))
            return [];
        return [`${member.name} ${travel_serves(found)}, and before it ${travel_serves(member).replace('serves', 'served')}.`];
    });
}
function travel_serves(member) {
    return `serves ${(0,build_topology/* servedRelease */.h)(member)?.version ?? 'nobody'}`;
}
function journey(end, parts, topology, notes = []) {
    return {
        end,
        steps: parts.flatMap((part) => part.reports),
        failures: parts.flatMap((part) => part.failures),
        notes,
        topology,
    };
}

;// CONCATENATED MODULE: ./packages/rollout/build/watch.js
/** Nobody looks: a soak is only a wait. */
function unwatched(clock) {
    return {
        async look(step, _topology, signal) {
            if (step.kind === 'soak')
                await clock.sleep(step.forMs, signal);
            return { kind: 'good' };
        },
    };
}

;// CONCATENATED MODULE: ./packages/rollout/build/execute.js









/**
 * Brings a target to what is asked for: lock, read, decide, act, and on failure go back; read again, record, unlock.
 * What the user can mend is thrown as a UserError before anything is touched.
 */
async function execute(options) {
    const { target } = options;
    const signal = AbortSignal.any([options.signal, target.lost]);
    try {
        if (options.mode === 'plan')
            return await converge(options, signal);
        await target.lock(options.lockWaitMs, signal);
        try {
            return await converge(options, signal);
        }
        finally {
            await unlock(options);
        }
    }
    catch (thrown) {
        if (!signal.aborted)
            throw thrown;
        return interrupted(opening(options), signal, options.log);
    }
}
async function converge(options, signal) {
    const { target, clock, log } = options;
    const seen = await target.observe(signal);
    const decision = decide(options.intent, options.tactics, options.run, seen);
    if ((0,errors/* isProblems */.vB)(decision))
        throw new errors/* UserError */.yo(decision);
    const account = decided(options, seen, decision);
    if (decision.kind === 'superseded')
        return { ...account, outcome: 'superseded' };
    const { plan, release } = decision;
    for (const line of (0,describe/* describePlan */.df)(plan, seen.topology))
        log.info(line);
    const more = beside(seen, decision);
    for (const sentence of more)
        log.info(`beside: ${sentence}`);
    if (decision.settled) {
        if (options.mode === 'apply')
            await bringUpToDate(options, seen);
        return { ...account, outcome: 'unchanged' };
    }
    if (options.mode === 'plan')
        return { ...account, notes: [...account.notes, ...more] };
    const began = clock.monotonic();
    const watch = options.watch ?? unwatched(clock);
    const ports = { target, watch, run: options.run, releases: known(seen, release), clock, log, signal };
    const journey = await travel(plan, seen.topology, options.maxFailures, ports);
    const ms = Math.round(clock.monotonic() - began);
    const result = account_closed(account, seen, journey, ms);
    if (result.interrupted)
        return interrupted(result, signal, log);
    const entry = entryOf(options, seen, decision, journey, clock.wall(), ms);
    if (entry === undefined)
        return result;
    const told = await recorded(result, entry, options);
    return options.intent.kind === 'restore' ? told : await conclude(told, entry, ports);
}
async function recorded(result, entry, { target, keep, log }) {
    try {
        await target.record(entry, keep);
        return result;
    }
    catch (thrown) {
        const note = `The ledger could not be written, so run this again: ${(0,errors/* messageOf */.bD)(thrown)}`;
        log.info(note);
        return { ...result, outcome: 'failed', notes: [...result.notes, note] };
    }
}
/** What the target does last, while nobody else can begin; it changes nothing of how the deployment ended. */
async function conclude(result, entry, ports) {
    const { target, run, releases, signal, log } = ports;
    if (target.conclude === undefined)
        return result;
    const conclusion = {
        kind: entry.kind,
        outcome: result.outcome === 'failed' ? 'failed' : entry.outcome,
        succeeded: (0,build_result/* isGreen */.gf)(result),
        release: idOf(entry),
        members: result.members.filter(({ state }) => state === 'in service').map(({ id }) => id),
    };
    const context = { run, number: result.steps.length + 1, phase: 'forward', releases, signal };
    const notes = await target.conclude(conclusion, context).catch((thrown) => [(0,errors/* messageOf */.bD)(thrown)]);
    for (const note of notes)
        log.warning(note);
    return { ...result, notes: [...result.notes, ...notes] };
}
/** Copies that missed the last deployment get it when it is run again. */
async function bringUpToDate({ target, keep }, seen) {
    const newest = seen.entries.at(-1);
    if (newest !== undefined && seen.behind.length > 0)
        await target.record(newest, keep);
}
function known(seen, release) {
    const records = [...seen.entries.map((entry) => entry.release), release];
    return new Map(records.map((record) => [record.digest, record]));
}
function interrupted(account, signal, log) {
    const note = `Interrupted (${(0,build_clock/* reasonOf */.A3)(signal).message}): nothing unproven has traffic, and the next run goes on from here.`;
    log.info(note);
    return { ...account, outcome: 'failed', interrupted: true, notes: [...account.notes, note] };
}
/** A lease that cannot be given back ends by itself: no reason to hide how the run ended. */
async function unlock({ target, log }) {
    try {
        await target.unlock();
    }
    catch (thrown) {
        log.warning(`The lease could not be given back, and will end by itself: ${(0,errors/* messageOf */.bD)(thrown)}`);
    }
}

;// CONCATENATED MODULE: ./packages/rollout/build/execute-remembered.js


/** Executes, and remembers past our own end whether the target may be half way. */
async function executeRemembered(options, remember) {
    remember(options.mode === 'apply');
    try {
        const result = await execute(options);
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
async function haproxy_view_look(admin, uri, servers, signal) {
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
        return { admin, clock: ports.clock, deadlineMs, signal, look: () => haproxy_view_look(admin, uri, servers, signal) };
    };
    return {
        name: `${backend} on ${uri.host.name}`,
        capabilities: { weights: 'exact', shifts: 'each', perClient: false, inFlight: 'exact', cutsOnChange: false },
        async read(servers, signal) {
            const { seen } = await haproxy_view_look(admin, uri, servers, signal);
            return seen.map(stateOf);
        },
        async set(changes, signal) {
            const before = await haproxy_view_look(admin, uri, changes, signal);
            const commands = commandsFor(admin, backend, before.seen);
            if (commands.length > 0)
                refuseErrors(admin, commands, await converse(admin, commands, signal));
            const after = await haproxy_view_look(admin, uri, changes, signal);
            refuseDifferences(admin, after.seen);
            processAtSet = after.process;
        },
        drained(servers, deadlineMs, signal) {
            return untilDrained(waiting(servers, deadlineMs, signal), processAtSet, ({ seen }) => seen.map(({ row }) => row).filter((row) => shareOf(row) > 0));
        },
        up: (servers, deadlineMs, signal) => untilUp(waiting(servers, deadlineMs, signal)),
        figures: async (servers, signal) => figuresOf(await haproxy_view_look(admin, uri, servers, signal)),
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
        return { admin, clock: ports.clock, deadlineMs, signal, look: () => haproxy_view_look(admin, uri, servers, signal) };
    };
    return {
        name: `${routing.map} on ${uri.host.name}`,
        capabilities: { weights: 'exact', shifts: 'together', perClient: true, inFlight: 'exact', cutsOnChange: false },
        async read(servers, signal) {
            const [{ seen }, green] = await Promise.all([
                haproxy_view_look(admin, uri, servers, signal),
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
            await tell((await haproxy_view_look(admin, uri, joining, signal)).seen, 'ready', signal);
            await untilUp(waiting(joining, deadlineMs, signal));
        },
        async set(changes, signal) {
            const { seen } = await haproxy_view_look(admin, uri, changes, signal);
            // In service first, so that nobody is sent to a side without servers; out of it last.
            await tell(seen, 'ready', signal);
            const green = greenIn(changes);
            if (green !== undefined && (await readGreen(admin, routing, signal)) !== green) {
                await ports.writeFile(routing.map, mapText(green), signal);
                await writeGreen(admin, routing, green, signal);
            }
            await tell(seen, 'drain', signal);
            processAtSet = (await haproxy_view_look(admin, uri, changes, signal)).process;
        },
        async drained(servers, deadlineMs, signal) {
            const green = await readGreen(admin, routing, signal);
            await untilDrained(waiting(servers, deadlineMs, signal), processAtSet, ({ seen }) => seen.filter(({ asked, row }) => !isOut(row) && haproxy_slots_shareOf(asked.slot, green) > 0).map(({ row }) => row));
        },
        up: (servers, deadlineMs, signal) => untilUp(waiting(servers, deadlineMs, signal)),
        figures: async (servers, signal) => figuresOf(await haproxy_view_look(admin, uri, servers, signal)),
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
    const inOrder = sessions.toSorted((a, b) => fleet_lock_compare(a.hostId() ?? '', b.hostId() ?? ''));
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
function fleet_lock_compare(a, b) {
    if (a === b)
        return 0;
    return a < b ? -1 : 1;
}

// EXTERNAL MODULE: ./packages/health/build/health.js
var build_health = __webpack_require__(2253);
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

;// CONCATENATED MODULE: ./packages/effects/build/exec.js
/**
 * The argv of a child that does not read its stdin, under a watchdog that ends it when our end of the pipe closes:
 * a SIGKILL gives us no last word.
 */
function guarded(argv) {
    return [
        'sh',
        '-c',
        // fd 3, since a shell gives its background commands /dev/null as stdin.
        'exec 3<&0; "$@" </dev/null 3<&- & p=$!; (cat <&3; kill "$p") >/dev/null 2>&1 & w=$!; wait "$p"; s=$?; kill "$w" 2>/dev/null; exit "$s"',
        'sh',
        ...argv,
    ];
}

;// CONCATENATED MODULE: ./packages/vm/build/ssh/agent.js



const START_MS = 10_000;
/** An ssh-agent of our own that knows the one key. The key goes there on stdin: it is never in a file or an argv. */
async function startAgent(ports, socket, key) {
    const { exec, clock } = ports;
    const child = exec.start({ argv: guarded(['ssh-agent', '-D', '-a', socket]) });
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
        throw new Error(`${host.name} does not forward ${connect_keyOf(added.to)}: ${(0,failure/* lastLines */.w$)(stderr, 3).join(' ')}`);
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
            const found = open.forwards.find(({ to }) => connect_keyOf(to) === connect_keyOf(wanted));
            if (found === undefined)
                throw new Error(`${host.name} was opened without ${connect_keyOf(wanted)}`);
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
function connect_keyOf(forward) {
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

;// CONCATENATED MODULE: ./packages/kernel/build/parallel.js
/** Does the work for all items, at most `atOnce` at a time, and settles when all are settled; results in order. */
async function settleAll(items, atOnce, work) {
    const results = [];
    const queue = items.entries();
    const begin = async (item) => await work(item);
    const worker = async () => {
        for (const [index, item] of queue) {
            const [result] = await Promise.allSettled([begin(item)]);
            results[index] = result;
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    return results;
}
/** Like `settleAll`; rejects with the first error once all are settled. */
async function forAll(items, atOnce, work) {
    const results = await settleAll(items, atOnce, work);
    return results.map((result) => {
        if (result.status === 'rejected')
            throw result.reason;
        return result.value;
    });
}

;// CONCATENATED MODULE: ./packages/rollout/build/journal.js



/** One line with its newline, to be flushed before the effect (`intent`) and after it. */
function formatJournalLine(line) {
    return `${(0,json/* canonicalJson */.dj)({ schema: JOURNAL_SCHEMA, ...line })}\n`;
}
/** The lines that are whole and of our schema. A torn line announced an effect that never began. */
function parseJournal(text) {
    return text.split('\n').map(json/* parseJson */.qF).filter(isJournalLine);
}
/** Per member the last line, where it is an intent that nobody finished: what a dead run left behind. */
function unfinished(lines) {
    const last = new Map();
    for (const line of lines)
        last.set(line.member, line);
    return [...last.values()].filter((line) => line.state === 'intent');
}
/**
 * Whether a member that is seen without traffic was drained by us: our last word on its traffic was a drain, or was
 * never finished. Else somebody outside of us did it, and it is respected.
 */
function drainedByUs(own, member, routers = []) {
    const shiftIn = (lines) => lines.filter((line) => line.kind === 'shift' && line.member === member).slice(-1);
    const told = [...shiftIn(own), ...routers.flatMap(shiftIn)];
    // A router's host hears of every shift, the member only while it can be reached; the end of one may stand in either.
    const last = told.at(-1);
    if (last === undefined)
        return false;
    const ended = told.find((line) => isSameStep(line, last) && line.state === 'done') ?? last;
    return ended.state !== 'done' || Object.values(parseShares(ended.after)).every((share) => share === 0);
}
function isSameStep(a, b) {
    return a.run === b.run && a.attempt === b.attempt && a.step === b.step;
}
/** Shares as `before` and `after` of a journal line hold them: `blue=0,green=100`. */
function formatShares(shares) {
    return Object.entries(shares)
        .map(([slot, share]) => `${slot}=${share}`)
        .join(',');
}
function parseShares(text) {
    const shares = {};
    for (const [, slot, share] of text.matchAll(/\b(blue|green)=(\d+)\b/g))
        shares[slot] = Number(share);
    return shares;
}
function isJournalLine(value) {
    return ((0,json/* isObject */.Gv)(value) &&
        value.schema === JOURNAL_SCHEMA &&
        [value.run, value.kind, value.member, value.before, value.after].every(json/* isString */.Kg) &&
        [value.attempt, value.step].every(json/* isInteger */.Fq) &&
        (value.slot === null || (0,json/* isString */.Kg)(value.slot)) &&
        (value.digest === null || (0,build_digest/* isDigest */.Bc)(value.digest)) &&
        (value.state === 'intent' || value.state === 'done' || value.state === 'failed'));
}

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
    return lines.map((line) => formatJournalLine({ ...line, state })).join('');
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
    const results = await settleAll(members, run.options.limits.atOnce, work);
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

;// CONCATENATED MODULE: ./packages/vm/build/hooks/variables.js

/** The variables that hooks and migrations get, all of them always; what is not known is empty. */
function variablesOf(run, { release, slot, members, outcome }, context) {
    const { place, brings } = run.options;
    const live = liveId(run.seen().observation.entries);
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
        journal: parseJournal(allOf(said, 'journal').join('\n')),
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
        return { host: site.session.host.name, ...parseLedger(viewOf(site).ledger, 'end') };
    });
    const entries = union(copies.map((copy) => copy.entries));
    const topology = {
        capabilities: options.capabilities,
        members: await forAll(members, options.atOnce, ([name, site]) => memberOf(name, viewOf(site))),
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
            unfinished: memberViews.filter(([, view]) => unfinished(view.journal).length > 0).map(([name]) => name),
            behind: copies.filter((copy) => isBehind(copy.entries, entries)).map(({ host }) => host),
            notes: copies.flatMap(({ host, problems }) => problems.map((problem) => `${host}: ${problem}`)),
            balancers: sites.balancers.map(({ session }) => session.host.name),
            ...(config === undefined ? {} : { config }),
        },
    };
    async function memberOf(name, view) {
        const states = await Promise.all(slots.map(async (slot) => [slot, await stateOf(name, slot, view)]));
        const drained = balancers.length > 0 && states.every(([, state]) => state.share === 0);
        const ours = drainedByUs(view.journal, name, balancerJournals());
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
    const results = await settleAll(sites.all, atOnce, async (site) => {
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

;// CONCATENATED MODULE: ./packages/vm/build/hooks/before-traffic.js





/** `before-shift` is before the first traffic of a slot that has none, not before each of its shares. */
async function hooksBeforeTraffic(run, { members, shares }, context) {
    const rising = Object.entries(shares).filter(([, share]) => share > 0);
    const scenes = rising.flatMap(([slot]) => {
        const without = members.filter((member) => (run.shares.get(serverKey({ member, slot })) ?? 0) === 0);
        const byRelease = grouped(without, (member) => JSON.stringify(releaseIn(run, member, slot)));
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
    const after = run.seen().observation.entries.findLast(succeeded)?.number ?? 0;
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
    return healthyDeployments(entries).find((entry) => (0,build_release/* sameRelease */.OW)(idOf(entry), release))?.settings;
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
    const results = await settleAll(sites, run.options.limits.atOnce, async (site) => {
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
        before: formatShares(Object.fromEntries(before)),
        after: formatShares(shares),
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

;// CONCATENATED MODULE: ./packages/rollout/build/prune.js

/**
 * The releases on a host that may be removed: those of the ledger, without the `keep` newest healthy ones, what is
 * live, the healthy one before it, and whatever a process or slot still uses. What the ledger does not know is not ours.
 */
function prunable(present, entries, keep, inUse) {
    const good = healthy(entries).map((release) => release.digest);
    const current = live(entries)?.digest;
    const before = good.find((digest) => digest !== current);
    const kept = new Set([...good.slice(0, keep), current, before, ...inUse]);
    const ours = new Set(entries.map((entry) => entry.release.digest));
    return present.filter((digest) => ours.has(digest) && !kept.has(digest));
}

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
    const results = await settleAll(sites, run.options.limits.atOnce, async (site) => {
        const view = views.get(site);
        const before = run.recorded.get(site) ?? view?.ledger ?? '';
        const added = continuation(before, observation.entries, named);
        const journal = run.owed.take(site);
        if (added === '')
            return await closeJournal(run, site, journal);
        const said = await remote_runStep(site, 'record', {
            vars: {
                prev: lastDigest(before),
                last: added.trimEnd().split('\n').at(-1) ?? '',
                journal,
                prune_env: view === undefined ? '' : environmentsToPrune(view, before + added, keep).join(' '),
                failed: entry.outcome === (0,build_result/* successOf */.Bu)(entry.kind) ? '' : 'yes',
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
    const { entries } = parseLedger(ledger, 'end');
    const present = [...view.releases].map(([folder, { digest }]) => ({ folder, digest }));
    const digests = present.map(({ digest }) => digest);
    const unwanted = new Set(prunable(digests, entries, keep, []));
    return present.filter(({ digest }) => unwanted.has(digest)).map(({ folder }) => folder);
}
/**
 * Environments of deployments that are no longer kept. Not what a slot has, nor the newest of a release, which stays as
 * long as the release; others are not ours.
 */
function environmentsToPrune(view, ledger, keep) {
    const { entries } = parseLedger(ledger, 'end');
    const inSlots = [...view.slots].map(([slot, folder]) => `${folder}+${view.configs.get(slot) ?? ''}`);
    const healthy = healthyDeployments(entries).map(idOf);
    const newest = healthy.filter(({ digest }, at) => healthy.findIndex((other) => other.digest === digest) === at);
    const kept = new Set([...[...healthy.slice(0, keep), ...newest].map(environmentFile), ...inSlots]);
    const known = new Set(entries.map(idOf).map(environmentFile));
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
