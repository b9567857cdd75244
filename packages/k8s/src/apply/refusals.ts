import type { Problem } from '@slipway/kernel/errors';
import type { ApiRefusal } from '../api.ts';
import { describeRef, type ObjectRef } from '../object.ts';

/** What the server's refusal of an object means, and what to do. Values of Secrets are never in it. */
export function explainRefusal(ref: ObjectRef, refusal: ApiRefusal): Problem {
  const object = describeRef(ref);
  const message = ref.kind === 'Secret' ? withoutValues(refusal.message) : refusal.message;
  for (const explain of READERS) {
    const problem = explain(object, { ref, refusal, message });
    if (problem !== undefined) return problem;
  }
  return { what: `${object} was refused by the API server.`, got: message };
}

interface Refused {
  readonly ref: ObjectRef;
  readonly refusal: ApiRefusal;
  readonly message: string;
}

type Reader = (object: string, refused: Refused) => Problem | undefined;

const READERS: readonly Reader[] = [
  conflict,
  webhook,
  policy,
  notAllowed,
  quota,
  invalid,
  unreadable,
  unknownKind,
  noNamespace,
];

function conflict(object: string, { refusal }: Refused): Problem | undefined {
  const fields = refusal.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (fields.length === 0) return undefined;
  const owned = fields.map(({ field, message }) => `${field} is owned by ${ownerIn(message)}`);
  return {
    what: `${object}: the manifest sets fields that somebody else manages.`,
    got: owned.join('; '),
    allowed: 'fields that nobody else manages, or with the value that they have',
    fix: 'remove them from the manifest, or take them over with: force-conflicts: true',
  };
}

/** `conflict with "kubectl-client-side-apply" using apps/v1`. */
function ownerIn(message: string): string {
  const [, manager, , version] =
    /conflict with "([^"]+)"( with subresource "[^"]+")?(?: using (\S+))?/.exec(message) ?? [];
  return manager === undefined ? message : `"${manager}"${version === undefined ? '' : ` (${version})`}`;
}

function webhook(object: string, { message }: Refused): Problem | undefined {
  const denied = /admission webhook "([^"]+)" denied the request(?:: ([\s\S]*))?/.exec(message);
  if (denied !== null) {
    return {
      what: `${object} was refused by the admission webhook ${denied[1]}.`,
      got: denied[2]?.trim() ?? 'it gave no reason',
      fix: 'change the manifest to what the webhook asks for, or ask who runs it',
    };
  }
  const failed = /failed calling webhook "([^"]+)": ([\s\S]*)/.exec(message);
  if (failed !== null) {
    return {
      what: `${object} cannot be judged: the admission webhook ${failed[1]} does not answer.`,
      got: failed[2]?.trim() ?? '',
      fix: 'look at the pods behind the webhook; nothing that it judges can be changed until it answers',
    };
  }
  const silent = /admission webhook "([^"]+)" does not support dry run/.exec(message);
  if (silent === null) return undefined;
  return { what: `${object} cannot be tried: the admission webhook ${silent[1]} does not support a dry run.` };
}

function policy(object: string, { message }: Refused): Problem | undefined {
  const admission = /ValidatingAdmissionPolicy '([^']+)'.*?denied request: ([\s\S]*)/.exec(message);
  if (admission !== null) {
    return { what: `${object} was refused by the admission policy ${admission[1]}.`, got: admission[2]?.trim() ?? '' };
  }
  const pods = /violates PodSecurity "([^"]+)": ([\s\S]*)/.exec(message);
  if (pods === null) return undefined;
  return {
    what: `${object} breaks the pod security standard of its namespace (${pods[1]}).`,
    got: pods[2]?.trim() ?? '',
    fix: 'set what is named in the securityContext of pod and containers',
  };
}

function notAllowed(_object: string, { refusal, ref, message }: Refused): Problem | undefined {
  const words = /User "([^"]+)" cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?/.exec(message);
  if (refusal.status !== 403 || words === null) return undefined;
  const [, user, verb = '', resource = '', group = ''] = words;
  const where = ref.namespace === undefined ? 'in the whole cluster' : `in the namespace ${ref.namespace}`;
  return {
    what: `${user} may not ${verb} ${resource}${group === '' ? '' : `.${group}`} ${where}.`,
    got: `${describeRef(ref)} was refused`,
    fix: [
      `add to the ${ref.namespace === undefined ? 'ClusterRole' : 'Role'} of ${user}:`,
      `- apiGroups: ["${group}"]`,
      `  resources: ["${resource}"]`,
      `  verbs: ["${verb}"]`,
    ].join('\n'),
  };
}

function quota(object: string, { message }: Refused): Problem | undefined {
  const exceeded = /exceeded quota: ([\s\S]*)/.exec(message);
  if (exceeded === null) return undefined;
  return {
    what: `${object} does not fit into the quota of its namespace.`,
    got: exceeded[1]?.trim() ?? '',
    fix: 'ask for less in the manifest, free something, or raise the ResourceQuota',
  };
}

function invalid(object: string, { ref, refusal }: Refused): Problem | undefined {
  if (refusal.reason !== 'Invalid' || refusal.causes.length === 0) return undefined;
  const fields = refusal.causes.map(
    ({ field, message, reason }) => `${field}: ${ref.kind === 'Secret' ? reason : message}`,
  );
  const isFixed = refusal.causes.some(({ message }) =>
    /immutable|may not be changed|updates to .* forbidden/i.test(message),
  );
  return {
    what: `${object} is not valid.`,
    got: fields.join('\n'),
    ...(isFixed
      ? { fix: `Kubernetes never changes this field: give the object another name, or ${deletion(ref)}` }
      : {}),
  };
}

function deletion({ kind, name, namespace }: ObjectRef): string {
  return `delete it first: kubectl delete ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

/** What does not fit the schema: unknown fields, numbers where texts belong, names that come twice. */
function unreadable(object: string, { message }: Refused): Problem | undefined {
  const found =
    /failed to (?:create typed patch object|convert new object) \([^)]*\)(?: to proper version)?: ([\s\S]*)/.exec(
      message,
    );
  if (found === null) return undefined;
  const words = (found[1] ?? '').replaceAll(/&value\.valueUnstructured\{Value:(.*?)\}/g, '$1').trim();
  const fix = READABLE.find(([sign]) => words.includes(sign))?.[1];
  return { what: `${object} does not fit the schema of its kind.`, got: words, ...(fix === undefined ? {} : { fix }) };
}

const READABLE: readonly (readonly [sign: string, fix: string])[] = [
  ['expected string', 'put the value in quotes'],
  ['duplicate entries', 'write each of them once'],
  ['not declared in schema', 'correct the name of the field, or remove it'],
  ['base64', 'data holds base64; plain texts go to stringData'],
];

function unknownKind(object: string, { refusal, message }: Refused): Problem | undefined {
  if (refusal.reason !== 'UnknownKind') return undefined;
  return { what: `${object}: ${message}`, fix: 'install what defines it first, or correct apiVersion and kind' };
}

function noNamespace(object: string, { refusal, message }: Refused): Problem | undefined {
  const missing = /namespaces "([^"]+)" not found/.exec(message);
  if (missing !== null) {
    return {
      what: `${object}: there is no namespace ${missing[1]}.`,
      fix: `put the Namespace into the manifests, or: kubectl create namespace ${missing[1]}`,
    };
  }
  if (!/because it is being terminated/.test(message)) return undefined;
  return {
    what: `${object}: the namespace is being deleted.`,
    got: refusal.message,
    fix: 'wait until it is gone, or use another one',
  };
}

function withoutValues(message: string): string {
  return message.replace(/, got [\s\S]*/, '').replaceAll(/Invalid value: ("(?:[^"\\]|\\.)*"|[^:]*)/g, 'Invalid value');
}
