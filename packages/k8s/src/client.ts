import { isArrayOf, isObject, isString, parseJson } from '@slipway/kernel/json';
import { ApiRefusal, type KubeApi, type KubeList, type ListQuery } from './api.ts';
import { knownKind } from './known-kinds.ts';
import { isKubeObject, toList } from './narrow.ts';
import { describeRef, type KubeObject, type ObjectRef, refOf } from './object.ts';
import { collectionPath, groupPath, objectPath, type Resource, selectorQuery, withQuery } from './paths.ts';
import { type Call, call, type TransportPorts } from './transport.ts';
import { watch } from './watch.ts';

/** Owns the fields that we apply. */
export const FIELD_MANAGER = 'slipway';

/** The API through the socket of a `kubectl proxy`: plain HTTP, nothing else. */
export function createClient(ports: TransportPorts): KubeApi {
  const groups = new Map<string, Promise<ReadonlyMap<string, Resource>>>();

  async function json(wanted: Call): Promise<unknown> {
    return parseJson((await call(wanted, ports)).body.toString('utf8'));
  }

  async function object(wanted: Call): Promise<KubeObject> {
    const value = await json(wanted);
    if (!isKubeObject(value)) throw new Error(`${wanted.method} ${wanted.path} was answered by something else`);
    return value;
  }

  /** Read once per group and version; a definition that came in this run is found by asking again. */
  async function find(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const fixed = knownKind(apiVersion, kind);
    if (fixed !== undefined) return fixed;
    const group = groups.get(apiVersion) ?? discover(apiVersion);
    groups.set(apiVersion, group);
    const resource = await group.then(
      (kinds) => kinds.get(kind),
      (thrown: unknown) => {
        groups.delete(apiVersion);
        throw thrown;
      },
    );
    if (resource === undefined) groups.delete(apiVersion);
    return resource;
  }

  async function discover(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    const told = await unless404(json({ method: 'GET', path: groupPath(apiVersion), repeatable: true }));
    const found = isObject(told) && isArrayOf(told.resources, isObject) ? told.resources : [];
    return new Map(
      found.flatMap(({ kind, name, namespaced }) =>
        isString(kind) && isString(name) && !name.includes('/')
          ? [[kind, { name, namespaced: namespaced === true }]]
          : [],
      ),
    );
  }

  async function known(apiVersion: string, kind: string): Promise<Resource> {
    const resource = await find(apiVersion, kind);
    if (resource !== undefined) return resource;
    throw new ApiRefusal(404, 'UnknownKind', `The cluster knows no kind ${kind} in ${apiVersion}.`, []);
  }

  async function pathOf(ref: ObjectRef): Promise<string> {
    return objectPath(ref, await known(ref.apiVersion, ref.kind));
  }

  async function listPath(query: ListQuery): Promise<string> {
    return collectionPath(query.apiVersion, await known(query.apiVersion, query.kind), query.namespace);
  }

  async function list(query: ListQuery): Promise<KubeList> {
    const path = withQuery(await listPath(query), selectorQuery(query));
    return toList(await json({ method: 'GET', path, repeatable: true }), query);
  }

  return {
    list,

    async get(ref) {
      const resource = await find(ref.apiVersion, ref.kind);
      if (resource === undefined) return undefined;
      return await unless404(object({ method: 'GET', path: objectPath(ref, resource), repeatable: true }));
    },

    async apply(wanted, { force = false, dryRun = false } = {}) {
      const query = {
        fieldManager: FIELD_MANAGER,
        ...(force ? { force: 'true' } : {}),
        ...(dryRun ? { dryRun: 'All' } : {}),
      };
      const path = withQuery(await pathOf(refOf(wanted)), query);
      return await object({
        method: 'PATCH',
        path,
        body: wanted,
        contentType: 'application/apply-patch+yaml',
        repeatable: true,
      });
    },

    async create(wanted) {
      const { namespace } = wanted.metadata;
      const path = collectionPath(wanted.apiVersion, await known(wanted.apiVersion, wanted.kind), namespace);
      const query = { fieldManager: FIELD_MANAGER };
      return await object({ method: 'POST', path: withQuery(path, query), body: wanted, repeatable: false });
    },

    async replace(wanted) {
      const query = { fieldManager: FIELD_MANAGER };
      const path = withQuery(await pathOf(refOf(wanted)), query);
      return await object({ method: 'PUT', path, body: wanted, repeatable: false });
    },

    async mergePatch(ref, patch) {
      const path = withQuery(await pathOf(ref), { fieldManager: FIELD_MANAGER });
      return await object({
        method: 'PATCH',
        path,
        body: patch,
        contentType: 'application/merge-patch+json',
        repeatable: true,
      });
    },

    async remove(ref, { propagation = 'Background', uid } = {}) {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation,
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      await unless404(json({ method: 'DELETE', path: await pathOf(ref), body, repeatable: true }));
    },

    watch: (query, signal) => watch(query, { ...ports, list, listPath, signal }),

    async logs(pod, container, { lines, previous }) {
      const query = { container, tailLines: String(lines), previous: String(previous) };
      const path = withQuery(`${await pathOf(pod)}/log`, query);
      const { body } = await call({ method: 'GET', path, repeatable: true, accept: '*/*' }, ports);
      return body.toString('utf8');
    },

    async review(wanted) {
      const path = collectionPath(
        wanted.apiVersion as string,
        await known(wanted.apiVersion as string, wanted.kind as string),
      );
      return await object({ method: 'POST', path, body: wanted, repeatable: true });
    },

    resource: find,

    isNamespaced: async (apiVersion, kind) => (await find(apiVersion, kind))?.namespaced,
  };
}

async function unless404<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof ApiRefusal && thrown.status === 404) return undefined;
    throw thrown;
  }
}

/** Says of a refusal what it was about. */
export function about(ref: ObjectRef, refusal: ApiRefusal): string {
  return `${describeRef(ref)}: ${refusal.message}`;
}
