export const id = 231;
export const ids = [231,369];
export const modules = {

/***/ 2138:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ guarded)
/* harmony export */ });
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


/***/ }),

/***/ 9369:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L: () => (/* binding */ forAll),
/* harmony export */   j: () => (/* binding */ settleAll)
/* harmony export */ });
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


/***/ }),

/***/ 136:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ JOURNAL_SCHEMA),
/* harmony export */   s: () => (/* binding */ LEDGER_SCHEMA)
/* harmony export */ });
const LEDGER_SCHEMA = 'slipway.ledger/v1';
const JOURNAL_SCHEMA = 'slipway.journal/v1';


/***/ }),

/***/ 6445:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  g: () => (/* binding */ execute)
});

// EXTERNAL MODULE: ./packages/effects/build/clock.js
var clock = __webpack_require__(193);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: ./packages/strategy/build/describe.js
var describe = __webpack_require__(9531);
// EXTERNAL MODULE: ./packages/kernel/build/release.js
var build_release = __webpack_require__(6205);
// EXTERNAL MODULE: ./packages/rollout/build/entry.js
var entry = __webpack_require__(136);
// EXTERNAL MODULE: ./packages/rollout/build/ledger.js
var ledger = __webpack_require__(3835);
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
    const current = (0,ledger/* live */.VD)(seen.entries);
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
        schema: entry/* LEDGER_SCHEMA */.s,
        number: (0,ledger/* nextNumber */.Pt)(seen.entries),
        kind,
        outcome,
        app,
        environment,
        strategy: tactics.strategy,
        release,
        ...(plan.release.config === undefined ? {} : { config: plan.release.config }),
        ...(settings === undefined ? {} : { settings }),
        previous: (0,ledger/* liveId */.e7)(seen.entries),
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

// EXTERNAL MODULE: ./packages/strategy/build/steps.js
var build_steps = __webpack_require__(6447);
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
    return (0,build_steps/* meaningful */.dx)(steps);
    function inWave({ batches, soakMs }) {
        up.push(...batches.flat());
        const soak = { kind: 'soak', members: ids(up), release, forMs: soakMs };
        return [...batches.flatMap((batch) => [...replace(batch), ...bringIn(batch)]), ...(soakMs > 0 ? [soak] : [])];
    }
    function replace(batch) {
        // Down members always: a balancer may call them up before our probe does.
        const drained = gradually ? batch.filter((member) => !(0,build_topology/* inService */.PX)(member)) : batch;
        return [
            { kind: 'shift', members: ids(routed(drained)), shares: (0,build_steps/* sharesFor */.aI)(null, capabilities) },
            ...bySlot(batch).map(([slot, members]) => ({ kind: 'start', members: ids(members), slot, release })),
        ];
    }
    function bringIn(batch) {
        return [
            ...bySlot(batch).map(([slot, members]) => ({ kind: 'probe', members: ids(members), slot, release })),
            ...bySlot(routed(batch)).map(([slot, members]) => ({
                kind: 'shift',
                members: ids(members.filter((member) => !keepsTraffic(member, slot))),
                shares: (0,build_steps/* sharesFor */.aI)(slot, capabilities),
            })),
        ];
    }
    function keepsTraffic(member, slot) {
        return gradually && (0,build_topology/* inService */.PX)(member) && member.slots[slot]?.share === 100;
    }
    function bySlot(members) {
        return (0,build_steps/* grouped */.zD)(members, (member) => (0,build_topology/* slotRunning */.kf)(member, release) ?? (0,build_topology/* liveSlot */.dz)(member) ?? 'blue');
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
        return (0,build_steps/* chunked */.z)(members, size);
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
    return (0,build_steps/* meaningful */.dx)([
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
    return (0,build_steps/* grouped */.zD)(joining, (member) => JSON.stringify(sharesOf(member))).map(([, group]) => shiftTo({ ...topology, members: group }, sharesOf(group[0])));
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
        return (0,build_steps/* meaningful */.dx)([
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
    for (const { percent, soakMs } of (0,build_steps/* stepsAfter */.Ec)(0, steps)) {
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
    const ahead = sides.served ? (0,build_steps/* stepsAfter */.Ec)(sides.share, request.steps) : [{ percent: 100, soakMs: 0 }];
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
        return (0,build_steps/* meaningful */.dx)([
            // What was healthy before the soak need not be so after it.
            { kind: 'probe', members: index > 0 ? watched : [], slot: incoming, release },
            ...splitTraffic(sides, percent, topology),
            { kind: 'soak', members: soakMs > 0 ? watched : [], release, forMs: soakMs },
        ]);
    }
    function leave() {
        return request.keepWarm ? [] : (0,build_steps/* meaningful */.dx)([retireSide(topology, outgoing)]);
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

// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var digest = __webpack_require__(2098);
;// CONCATENATED MODULE: ./packages/rollout/build/choose.js




/**
 * The deployment that a rollback takes up again: its release and its configuration. `to`: empty for the newest that finished healthy, is not live and was never
 * rolled back from; `previous` for what was live before; else a version or a digest of the ledger.
 */
function chooseRollback(entries, left, to) {
    const known = (0,ledger/* healthyDeployments */.su)(entries);
    const isBad = badIn(entries);
    const found = () => {
        if (to === '')
            return known.find((entry) => !(0,build_release/* sameRelease */.OW)((0,ledger/* idOf */.TH)(entry), left) && !isBad((0,ledger/* idOf */.TH)(entry)));
        if (to === 'previous') {
            const before = entries.findLast(ledger/* succeeded */.gq)?.previous;
            return known.find((entry) => (0,build_release/* sameRelease */.OW)((0,ledger/* idOf */.TH)(entry), before));
        }
        return known.find(({ release: { version, digest } }) => to === version || to === digest);
    };
    return found() ?? [nothingToGoBackTo(to, known, left, isBad)];
}
/** Whether a release was rolled back from: it is never taken again by itself. */
function badIn(entries) {
    const bad = new Set(entries.filter(ledger/* succeeded */.gq).map((entry) => `${entry.bad} ${entry.badConfig ?? ''}`));
    return ({ digest, config }) => bad.has(`${digest} ${config ?? ''}`);
}
/**
 * The release that a rollback leaves: one that runs but never finished healthy (a run that died half way), else what
 * the ledger calls live.
 */
function leaving(entries, topology) {
    const known = (0,ledger/* healthyDeployments */.su)(entries).map(ledger/* idOf */.TH);
    const running = topology.members
        .toSorted((a, b) => Number((0,build_topology/* inService */.PX)(b)) - Number((0,build_topology/* inService */.PX)(a)))
        .flatMap((member) => Object.values(member.slots).filter((slot) => slot.healthy))
        .flatMap(({ release, becoming }) => [becoming, release].flatMap((each) => each ?? []));
    return running.find((release) => !known.some((each) => (0,build_release/* sameRelease */.OW)(each, release))) ?? (0,ledger/* liveId */.e7)(entries);
}
function nothingToGoBackTo(to, known, left, isBad) {
    if (known.length === 0) {
        return {
            what: 'There is nothing to go back to: no release has finished healthy here yet.',
            fix: 'deploy a release first',
        };
    }
    const list = known.map(ledger/* idOf */.TH).map((release) => {
        const marks = [(0,build_release/* sameRelease */.OW)(release, left) ? 'live' : '', isBad(release) ? 'rolled back from' : ''];
        const said = marks.filter((mark) => mark !== '').join(', ');
        return `${release.version} (${(0,digest/* shortDigest */.VK)(release.digest)}${said === '' ? '' : `, ${said}`})`;
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
    const current = (0,ledger/* live */.VD)(seen.entries);
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
        settled: planned.steps.length === 0 && (0,build_release/* sameRelease */.OW)((0,ledger/* liveId */.e7)(seen.entries), id),
    };
}
/** What is live has its data already: bringing back its traffic is no deployment. */
function migrates(intent, release, { migrates: asked, entries }) {
    return intent.kind === 'deploy' && asked === true && !(0,build_release/* sameRelease */.OW)((0,ledger/* liveId */.e7)(entries), release);
}
/** A secret that is misspelt or not there reads as no text at all: that must not take the environment away. */
function withoutEnvironment(intent, config, { entries }) {
    const current = (0,ledger/* liveId */.e7)(entries);
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
        return { deployment: entries.findLast(ledger/* succeeded */.gq) ?? NOTHING_WAS_LIVE, left: null };
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
    return (0,build_steps/* meaningful */.dx)([
        ...again('start', stopped, outgoing),
        ...again('probe', union(shifts.some((shares) => shares[outgoing] === 0) ? served : [], stopped), outgoing),
        ...(goesOn || (shifts.length > 0 && (served.length > 0 || started.size > 0)) ? away() : []),
        ...again('start', replaced, incoming),
        { kind: 'retire', members: ids(lost), slot: incoming },
        ...again('probe', union(replaced, had), incoming),
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
        const groups = (0,build_steps/* grouped */.zD)(joining, (member) => JSON.stringify(of(member)));
        return groups.map(([, group]) => shiftTo({ ...before, members: group }, of(group[0])));
    }
}
/** What ran in the slot, in one step for each release. */
function again(kind, members, slot) {
    const old = members.flatMap((member) => {
        const release = member.slots[slot]?.release ?? null;
        return release === null ? [] : [{ id: member.id, release }];
    });
    return (0,build_steps/* grouped */.zD)(old, ({ release }) => `${release.digest} ${release.config ?? ''}`).map(([, group]) => {
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
function union(a, b) {
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
    return (0,build_steps/* meaningful */.dx)(batches.flatMap(undo));
    function undo(members) {
        const routed = capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
        const cleared = routed.filter((member) => !(0,build_topology/* inService */.PX)(member) || (stopStart && started.has(member.id)));
        const old = members.flatMap(oldSlots);
        const replaced = old.filter(isReplaced);
        const lost = members.filter(({ id }) => started.has(id) && !replaced.some((slot) => slot.id === id));
        return [
            { kind: 'shift', members: cleared.map(({ id }) => id), shares: (0,build_steps/* sharesFor */.aI)(null, capabilities) },
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
        return (0,build_steps/* grouped */.zD)(members, (id) => started.get(id) ?? 'blue').map(([slot, ids]) => ({
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
    return (0,build_steps/* grouped */.zD)(old, ({ slot, release }) => `${slot} ${release.digest} ${release.config ?? ''}`).map(([, group]) => group);
}
function stepOf(kind) {
    return (group) => {
        const { slot, release } = group[0];
        return { kind, members: group.map(({ id }) => id), slot, release };
    };
}
/** Shares as they were, as far as they reached something healthy. */
function giveBack(members) {
    return (0,build_steps/* grouped */.zD)(members, (member) => JSON.stringify(sharesOf(member))).map(([, group]) => ({
        kind: 'shift',
        members: group.map(({ id }) => id),
        shares: sharesOf(group[0]),
    }));
}
function sharesOf(member) {
    return Object.fromEntries(Object.entries(member.slots).map(([name, slot]) => [name, slot.healthy ? slot.share : 0]));
}

// EXTERNAL MODULE: ./packages/kernel/build/duration.js
var duration = __webpack_require__(8658);
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
        steps: [{ kind: 'shift', members: failed.map(({ id }) => id), shares: (0,build_steps/* sharesFor */.aI)(null, capabilities) }],
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
        release: (0,ledger/* idOf */.TH)(entry),
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
    const note = `Interrupted (${(0,clock/* reasonOf */.A3)(signal).message}): nothing unproven has traffic, and the next run goes on from here.`;
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


/***/ }),

/***/ 9919:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M1: () => (/* binding */ unfinished),
/* harmony export */   Rx: () => (/* binding */ formatJournalLine),
/* harmony export */   Xd: () => (/* binding */ drainedByUs),
/* harmony export */   Ym: () => (/* binding */ formatShares),
/* harmony export */   z8: () => (/* binding */ parseJournal)
/* harmony export */ });
/* unused harmony export parseShares */
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5868);
/* harmony import */ var _entry_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(136);



/** One line with its newline, to be flushed before the effect (`intent`) and after it. */
function formatJournalLine(line) {
    return `${(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .canonicalJson */ .dj)({ schema: _entry_js__WEBPACK_IMPORTED_MODULE_2__/* .JOURNAL_SCHEMA */ .e, ...line })}\n`;
}
/** The lines that are whole and of our schema. A torn line announced an effect that never began. */
function parseJournal(text) {
    return text.split('\n').map(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .parseJson */ .qF).filter(isJournalLine);
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
    return ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(value) &&
        value.schema === _entry_js__WEBPACK_IMPORTED_MODULE_2__/* .JOURNAL_SCHEMA */ .e &&
        [value.run, value.kind, value.member, value.before, value.after].every(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg) &&
        [value.attempt, value.step].every(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isInteger */ .Fq) &&
        (value.slot === null || (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(value.slot)) &&
        (value.digest === null || (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(value.digest)) &&
        (value.state === 'intent' || value.state === 'done' || value.state === 'failed'));
}


/***/ }),

/***/ 3835:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Jm: () => (/* binding */ isBehind),
/* harmony export */   KC: () => (/* binding */ union),
/* harmony export */   Lv: () => (/* binding */ lastDigest),
/* harmony export */   Pt: () => (/* binding */ nextNumber),
/* harmony export */   TH: () => (/* binding */ idOf),
/* harmony export */   VD: () => (/* binding */ live),
/* harmony export */   Xq: () => (/* binding */ appendLine),
/* harmony export */   e7: () => (/* binding */ liveId),
/* harmony export */   gq: () => (/* binding */ succeeded),
/* harmony export */   h8: () => (/* binding */ parseLedger),
/* harmony export */   s2: () => (/* binding */ healthy),
/* harmony export */   su: () => (/* binding */ healthyDeployments),
/* harmony export */   wi: () => (/* binding */ continuation)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);
/* harmony import */ var _slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1525);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5868);
/* harmony import */ var _slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6205);
/* harmony import */ var _entry_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(136);





/**
 * `continued` is the digest of the line before the first one, which stands elsewhere; `end`: the text lacks lines at its
 * beginning, so nobody knows what its first line continues. Without it the text is whole.
 */
function parseLedger(text, continued = chainedTo(undefined)) {
    const entries = [];
    const problems = [];
    const lines = linesOf(text);
    for (const [index, line] of lines.entries()) {
        const value = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .parseJson */ .qF)(line);
        const last = entries.at(-1);
        const where = last === undefined ? 'at its beginning' : `behind entry ${last.number}`;
        if (value === undefined) {
            problems.push(`The ledger has a torn line ${where}: whoever wrote it was interrupted.`);
        }
        else if ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(value) && value.schema === _entry_js__WEBPACK_IMPORTED_MODULE_4__/* .LEDGER_SCHEMA */ .s) {
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
    const line = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .canonicalJson */ .dj)({ ...entry, prev: lastDigest(text) });
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
    return { ...(0,_slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__/* .releaseId */ .Bf)(release), ...(config === undefined ? {} : { config }) };
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
    return (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .digestOf */ .ol)(line ?? '');
}
/** Which deployment it is, whatever file it stands in. */
function keyOf({ number, kind, run }) {
    return `${number} ${kind} ${run.id}.${run.attempt}`;
}
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}
function isEntry(value) {
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(value) && Object.entries(FIELDS).every(([field, valid]) => valid(value[field]));
}
const isStrings = (value) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isArrayOf */ .lF)(value, _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg);
const isAbsentOrString = (value) => value === undefined || (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(value);
const oneOf = (...allowed) => (value) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(value) && allowed.includes(value);
const FIELDS = {
    schema: (v) => v === _entry_js__WEBPACK_IMPORTED_MODULE_4__/* .LEDGER_SCHEMA */ .s,
    number: (v) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isInteger */ .Fq)(v) && v > 0,
    kind: oneOf('deploy', 'rollback'),
    outcome: oneOf('deployed', 'rolled-back', 'failed'),
    app: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    environment: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    strategy: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    release: (v) => !(0,_slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_1__/* .isProblems */ .vB)((0,_slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__/* .parseRelease */ .BC)(v)),
    config: isAbsentOrString,
    settings: (v) => v === undefined || ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(v) && Object.values(v).every(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)),
    previous: (v) => v === null || ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(v) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(v.version) && (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(v.digest)),
    bad: (v) => v === null || (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(v),
    badConfig: isAbsentOrString,
    run: (v) => (0,_slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__/* .isRunRef */ .He)(v) && 'actor' in v && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(v.actor),
    hosts: isStrings,
    balancers: isStrings,
    at: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    ms: (v) => typeof v === 'number' && v >= 0,
    prev: _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc,
};


/***/ }),

/***/ 8708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   W: () => (/* binding */ prunable)
/* harmony export */ });
/* harmony import */ var _ledger_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3835);

/**
 * The releases on a host that may be removed: those of the ledger, without the `keep` newest healthy ones, what is
 * live, the healthy one before it, and whatever a process or slot still uses. What the ledger does not know is not ours.
 */
function prunable(present, entries, keep, inUse) {
    const good = (0,_ledger_js__WEBPACK_IMPORTED_MODULE_0__/* .healthy */ .s2)(entries).map((release) => release.digest);
    const current = (0,_ledger_js__WEBPACK_IMPORTED_MODULE_0__/* .live */ .VD)(entries)?.digest;
    const before = good.find((digest) => digest !== current);
    const kept = new Set([...good.slice(0, keep), current, before, ...inUse]);
    const ours = new Set(entries.map((entry) => entry.release.digest));
    return present.filter((digest) => ours.has(digest) && !kept.has(digest));
}


/***/ }),

/***/ 6447:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ec: () => (/* binding */ stepsAfter),
/* harmony export */   aI: () => (/* binding */ sharesFor),
/* harmony export */   dx: () => (/* binding */ meaningful),
/* harmony export */   z: () => (/* binding */ chunked),
/* harmony export */   zD: () => (/* binding */ grouped)
/* harmony export */ });
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


/***/ })

};
