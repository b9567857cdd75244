export const id = 208;
export const ids = [208];
export const modules = {

/***/ 208:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  parseInventory: () => (/* binding */ parseInventory)
});

// EXTERNAL MODULE: ./packages/kernel/build/closest.js
var closest = __webpack_require__(6919);
// EXTERNAL MODULE: ./packages/kernel/build/names.js
var names = __webpack_require__(8288);
// EXTERNAL MODULE: ./packages/vm/build/authority.js
var authority = __webpack_require__(8973);
// EXTERNAL MODULE: ./packages/vm/build/hosts.js
var hosts = __webpack_require__(5511);
// EXTERNAL MODULE: ./packages/vm/build/jump.js
var build_jump = __webpack_require__(9194);
;// CONCATENATED MODULE: ./packages/vm/build/inventory/variables.js





const TEXT = 'a text';
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const READERS = {
    address: (located) => readText(located, isAddress, 'a host name or an address'),
    user: (located) => readText(located, (text) => !('wrong' in (0,authority/* parseAuthority */.Pt)(`${text}@host`)), 'a user name'),
    port: readPort,
    root: (located) => readText(located, hosts/* isRoot */.jX, hosts/* ROOT_RULE */._w),
    'service-port': readPort,
    jump: readJump,
    labels: readLabels,
};
const NAMES = Object.keys(READERS);
/** Reads a map of variables; `known` gives the variable that a key means, or undefined for one that is none of ours. */
function readVariables(located, refuse, known = (key) => key) {
    if (located === undefined || isNothing(located))
        return {};
    if (located.kind !== 'map') {
        refuse(located.line, { what: 'here stands a map of variables.', got: shown(located), allowed: NAMES.join(', ') });
        return {};
    }
    const variables = {};
    for (const { key, line, value } of located.entries) {
        const name = known(key, line);
        if (name === undefined)
            continue;
        if (!isVariable(name)) {
            refuse(line, unknownVariable(key));
            continue;
        }
        const read = READERS[name](value);
        if ('value' in read)
            variables[name] = read.value;
        else
            refuse(value.line, { what: `this ${key} cannot be used.`, got: read.wrong, allowed: read.allowed });
    }
    // Each value is what the reader of its name gave.
    return variables;
}
/** A name of a host or group; refuses what cannot be one. */
function readName(text, line, what, refuse) {
    if ((0,names/* isName */.Eo)(text))
        return text;
    refuse(line, { what: `this cannot be the name of a ${what}.`, got: text, allowed: names/* NAME_RULE */.$h });
    return undefined;
}
/** What stands there, in a few characters. */
function shown(located) {
    if (located.kind !== 'scalar')
        return located.kind === 'map' ? 'a map' : 'a list';
    return located.value === null ? 'nothing' : JSON.stringify(located.value).slice(0, 80);
}
function isNothing(located) {
    return located.kind === 'scalar' && located.value === null;
}
function unknownVariable(key) {
    const near = (0,closest/* closest */.k)(key, NAMES);
    const what = `there is no variable "${key}".`;
    return { what, allowed: NAMES.join(', '), ...(near === undefined ? {} : { fix: `${near}: ...` }) };
}
function readText(located, accepts, allowed) {
    if (located.kind !== 'scalar' || typeof located.value !== 'string')
        return { wrong: shown(located), allowed: TEXT };
    return accepts(located.value) ? { value: located.value } : { wrong: located.value, allowed };
}
function readPort(located) {
    const text = located.kind === 'scalar' ? String(located.value) : '';
    return (0,authority/* isPort */.sW)(text) ? { value: Number(text) } : { wrong: shown(located), allowed: '1 to 65535' };
}
/** One text as in the `jump` input, or a list of them. */
function readJump(located) {
    const items = located.kind === 'list' ? located.items : [located];
    const texts = items.flatMap((item) => item.kind === 'scalar' && typeof item.value === 'string' ? item.value.split(',') : []);
    const wrong = items.find((item) => item.kind !== 'scalar' || typeof item.value !== 'string');
    if (wrong !== undefined)
        return { wrong: shown(wrong), allowed: `none, or a list of ${authority/* AUTHORITY_FORM */.NE}` };
    const jump = (0,build_jump/* parseJump */.k)(texts);
    return 'wrong' in jump ? { wrong: `${jump.got}: ${jump.wrong}`, allowed: authority/* AUTHORITY_FORM */.NE } : { value: jump.hops };
}
function readLabels(located) {
    if (located.kind !== 'map')
        return { wrong: shown(located), allowed: 'a map like { role: web, zone: a }' };
    const labels = {};
    for (const { key, value } of located.entries) {
        const text = value.kind === 'scalar' ? String(value.value) : '';
        if (!(0,names/* isName */.Eo)(key) || key === 'name')
            return { wrong: `the label "${key}"`, allowed: `${names/* NAME_RULE */.$h}; not "name"` };
        if (!LABEL_VALUE.test(text))
            return { wrong: `${key}: ${shown(value)}`, allowed: names/* NAME_RULE */.$h };
        labels[key] = text;
    }
    return { value: labels };
}
function isAddress(text) {
    const read = (0,authority/* parseAuthority */.Pt)(text.includes(':') && !text.startsWith('[') ? `[${text}]` : text);
    return !('wrong' in read) && read.user === undefined && read.port === undefined && !text.startsWith('[');
}
function isVariable(name) {
    return Object.hasOwn(READERS, name);
}

;// CONCATENATED MODULE: ./packages/vm/build/inventory/written.js

/** A list of texts. */
function namesIn(located, refuse) {
    if (located === undefined || isNothing(located))
        return [];
    if (located.kind !== 'list') {
        refuse(located.line, { what: 'here stands a list of names.', got: shown(located), allowed: '[web-1, web-2]' });
        return [];
    }
    const seen = new Set();
    for (const item of located.items) {
        const name = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : undefined;
        if (name === undefined)
            refuse(item.line, { what: 'this is no name.', got: shown(item), allowed: 'a text' });
        else if (seen.has(name))
            refuse(item.line, { what: `"${name}" is named twice.`, allowed: 'each name once' });
        else
            seen.add(name);
    }
    return [...seen];
}
function entriesOf(located, what, refuse) {
    if (located === undefined || isNothing(located))
        return [];
    if (located.kind === 'map')
        return located.entries;
    refuse(located.line, { what: `${what}: here stands a map.`, got: shown(located), allowed: 'a map' });
    return [];
}

;// CONCATENATED MODULE: ./packages/vm/build/inventory/ansible.js


/** What of Ansible's variables means something to us; the others are none of our business. */
const MEANINGS = {
    ansible_host: 'address',
    ansible_user: 'user',
    ansible_port: 'port',
    slipway_root: 'root',
    slipway_service_port: 'service-port',
    slipway_jump: 'jump',
    slipway_labels: 'labels',
};
/** The groups that hold every host, or those without another group: no groups of anybody's making. */
const BUILT_IN = ['_meta', 'all', 'ungrouped'];
/**
 * Reads what `ansible-inventory --list` and dynamic inventories print: groups with `hosts`, `children` and `vars`, and
 * the variables of each host below `_meta.hostvars`.
 */
function readAnsible(entries, refuse) {
    const partsOf = (name) => entriesOf(entries.find(({ key }) => key === name)?.value, name, refuse);
    const hostvars = partsOf('_meta').find(({ key }) => key === 'hostvars')?.value;
    const given = new Map(entriesOf(hostvars, 'hostvars', refuse).map((entry) => [entry.key, entry]));
    const read = new Map(entries.filter(({ key }) => key !== '_meta').map((entry) => [entry.key, readGroup(entry, refuse)]));
    const names = new Set([...given.keys(), ...[...read.values()].flatMap(({ hosts }) => hosts)]);
    const hosts = new Map();
    for (const name of names) {
        const entry = given.get(name);
        const line = entry?.line ?? 1;
        if (readName(name, line, 'host', refuse) === undefined)
            continue;
        hosts.set(name, { line, vars: readOurs(entry, refuse) });
    }
    const own = [...read].filter(([name]) => !BUILT_IN.includes(name));
    const groups = new Map(own.map(([name, { line, vars }]) => [name, { line, vars, hosts: hostsBelow(name, read) }]));
    return { vars: read.get('all')?.vars ?? {}, groups, hosts };
}
function readGroup(entry, refuse) {
    const parts = new Map(entriesOf(entry.value, entry.key, refuse).map((part) => [part.key, part]));
    return {
        line: entry.line,
        hosts: namesIn(parts.get('hosts')?.value, refuse),
        children: namesIn(parts.get('children')?.value, refuse),
        vars: readOurs(parts.get('vars'), refuse),
    };
}
function readOurs(entry, refuse) {
    return readVariables(entry?.value, refuse, (key) => (Object.hasOwn(MEANINGS, key) ? MEANINGS[key] : undefined));
}
function hostsBelow(name, groups, seen = new Set()) {
    const group = groups.get(name);
    if (group === undefined || seen.has(name))
        return [];
    seen.add(name);
    return [...new Set([...group.hosts, ...group.children.flatMap((child) => hostsBelow(child, groups, seen))])];
}

// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./packages/vm/build/inventory/located.js


/** Reads one document; JSON is YAML too. Says of each problem where it is. */
function readLocated(text, at) {
    const lineCounter = new dist/* LineCounter */.HN();
    // Pretty errors would quote the text, and others' variables may be secret.
    const document = (0,dist/* parseDocument */.Tp)(text, { lineCounter, prettyErrors: false, schema: 'core' });
    const lineOf = (offset = 0) => Math.max(1, lineCounter.linePos(offset).line);
    if (document.errors.length > 0) {
        return document.errors.map(({ message, pos }) => at(lineOf(pos[0]), { what: message }));
    }
    // What several aliases name is read once, so that a small text stays a small tree.
    const read = new Map();
    return locate(document.contents, 1);
    function locate(node, line) {
        const known = read.get(node);
        if (known !== undefined)
            return known;
        const found = (0,dist/* isAlias */.Vj)(node) ? locate(node.resolve(document), line) : fresh(node, line);
        read.set(node, found);
        return found;
    }
    function fresh(node, line) {
        if ((0,dist/* isMap */.jh)(node)) {
            const entries = node.items.map(({ key, value }) => {
                const own = (0,dist/* isScalar */.jn)(key) ? lineOf(key.range?.[0]) : line;
                return { key: (0,dist/* isScalar */.jn)(key) ? String(key.value) : '', line: own, value: locate(value, own) };
            });
            return { kind: 'map', line: lineOf(node.range?.[0]), entries };
        }
        if ((0,dist/* isSeq */.oP)(node)) {
            const own = lineOf(node.range?.[0]);
            return { kind: 'list', line: own, items: node.items.map((item) => locate(item, own)) };
        }
        if (!(0,dist/* isScalar */.jn)(node))
            return { kind: 'scalar', line, value: null };
        const { value, range, source = '' } = node;
        const own = range ? lineOf(range[0]) : line;
        const known = typeof value === 'number' || typeof value === 'boolean' || value === null || (0,json/* isString */.Kg)(value);
        return { kind: 'scalar', line: own, value: known ? value : source };
    }
}

;// CONCATENATED MODULE: ./packages/vm/build/inventory/inventory.js





const EXAMPLE = 'hosts:\n  web-1: { address: 10.0.0.11, user: deploy }';
/**
 * Reads an inventory of YAML or JSON: `vars`, `groups` and `hosts`, or the shape of `ansible-inventory --list`. A host
 * has the variables of itself, else those of its groups, else those of all; `root` is for hosts without one. What is
 * wrong comes back together, with lines; `name` says what text it is.
 */
function parseInventory(text, name, root) {
    const at = (line, { what, ...rest }) => ({ what: `${name}, line ${line}: ${what}`, ...rest });
    const located = readLocated(text, at);
    if (Array.isArray(located))
        return located;
    const problems = [];
    const refuse = (line, problem) => problems.push(at(line, problem));
    const written = readWritten(located, refuse);
    const hosts = [...(written?.hosts ?? [])].map(([host, own]) => resolve(host, own, written, root, refuse));
    if (hosts.length === 0 && problems.length === 0) {
        problems.push({ what: `${name}: there is no host.`, allowed: 'at least one host', fix: EXAMPLE });
    }
    return problems.length > 0 ? problems : { hosts, groups: [...(written?.groups.keys() ?? [])] };
}
function readWritten(located, refuse) {
    if (located.kind !== 'map') {
        refuse(located.line, { what: 'this is no inventory.', got: shown(located), allowed: 'a map', fix: EXAMPLE });
        return undefined;
    }
    if (located.entries.some(({ key }) => key === '_meta'))
        return readAnsible(located.entries, refuse);
    const parts = new Map(located.entries.map(({ key, value }) => [key, value]));
    for (const { key, line } of located.entries) {
        if (['vars', 'groups', 'hosts'].includes(key))
            continue;
        refuse(line, { what: `there is no part "${key}".`, allowed: 'vars, groups, hosts', fix: EXAMPLE });
    }
    const groups = new Map(entriesOf(parts.get('groups'), 'groups', refuse).flatMap((entry) => {
        const group = readName(entry.key, entry.line, 'group', refuse);
        return group === undefined ? [] : [[group, inventory_readGroup(entry, refuse)]];
    }));
    const listed = parts.has('hosts') ? readHosts(parts.get('hosts'), refuse) : hostsOfGroups(groups, refuse);
    refuseStrangers(groups, listed, refuse);
    return { vars: readVariables(parts.get('vars'), refuse), groups, hosts: listed };
}
/** A map of names and their variables, or only a list of names. */
function readHosts(located, refuse) {
    if (located?.kind === 'list') {
        const names = namesIn(located, refuse);
        return new Map(names.map((name) => [name, { line: located.line, vars: {} }]));
    }
    return new Map(entriesOf(located, 'hosts', refuse).flatMap(({ key, line, value }) => {
        const name = readName(key, line, 'host', refuse);
        return name === undefined ? [] : [[name, { line, vars: readVariables(value, refuse) }]];
    }));
}
function hostsOfGroups(groups, refuse) {
    return new Map([...groups.values()].flatMap(({ line, hosts }) => hosts
        .filter((name) => readName(name, line, 'host', refuse) !== undefined)
        .map((name) => [name, { line, vars: {} }])));
}
function inventory_readGroup({ line, value }, refuse) {
    const parts = entriesOf(value, 'a group', refuse);
    for (const part of parts) {
        if (part.key === 'vars' || part.key === 'hosts')
            continue;
        refuse(part.line, { what: `there is no part "${part.key}" of a group.`, allowed: 'vars, hosts' });
    }
    const partOf = (name) => parts.find(({ key }) => key === name)?.value;
    return { line, vars: readVariables(partOf('vars'), refuse), hosts: namesIn(partOf('hosts'), refuse) };
}
function refuseStrangers(groups, hosts, refuse) {
    for (const [group, { line, hosts: names }] of groups) {
        for (const name of names.filter((each) => !hosts.has(each))) {
            const near = (0,closest/* closest */.k)(name, [...hosts.keys()]);
            const what = `the group "${group}" names the host "${name}", which is not among the hosts.`;
            refuse(line, { what, ...(near === undefined ? {} : { fix: near }), allowed: 'names that stand below "hosts"' });
        }
    }
}
/** What is nearer to the host counts; two of its groups may not disagree. */
function resolve(name, own, written, root, refuse) {
    const groups = [...written.groups].filter(([, group]) => group.hosts.includes(name));
    const shared = {};
    const labels = {};
    for (const [group, { vars }] of groups) {
        for (const [key, value] of Object.entries({ ...vars, labels: undefined })) {
            if (value === undefined || key in own.vars)
                continue;
            if (key in shared && JSON.stringify(shared[key]) !== JSON.stringify(value)) {
                const what = `"${name}" gets "${key}" from the group "${group}" and another one from an earlier group.`;
                refuse(own.line, { what, allowed: 'one value, or one of its own', fix: `${name}: { ${key}: ... }` });
            }
            shared[key] = value;
        }
        Object.assign(labels, vars.labels);
    }
    const vars = { ...written.vars, ...shared, ...own.vars };
    const { address = name, user, port, jump } = vars;
    return {
        host: {
            name,
            address,
            root: vars.root ?? root,
            ...(user === undefined ? {} : { user }),
            ...(port === undefined ? {} : { port }),
            ...(vars['service-port'] === undefined ? {} : { servicePort: vars['service-port'] }),
            ...(jump === undefined ? {} : { jump }),
        },
        groups: groups.map(([group]) => group),
        labels: { ...written.vars.labels, ...labels, ...own.vars.labels },
    };
}


/***/ })

};
