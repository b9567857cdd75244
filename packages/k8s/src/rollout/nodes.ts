import type { JsonObject } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';
import { conditionOf, listAt, textAt, wordsAt } from './fields.ts';
import { amountOf } from './quantity.ts';

/** Clusters on one machine, where nobody adds nodes by itself. */
const LOCAL = /^(?:kind|k3s|k3d|minikube):/;

/** Whether there may be somebody who adds nodes for pods that find no place. */
export function mayGrow(nodes: readonly KubeObject[] | undefined): boolean {
  if (nodes === undefined) return true;
  return nodes.map((node) => textAt(node, 'spec', 'providerID')).some((id) => id !== '' && !LOCAL.test(id));
}

/**
 * Why a node can never take a pod, however empty it were: what can be read off the two alone. Empty when it could; then
 * it is full, or other pods are in the way.
 */
export function objections(node: KubeObject, pod: KubeObject): readonly string[] {
  const tolerations = listAt(pod, 'spec', 'tolerations');
  const taints = listAt(node, 'spec', 'taints').filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((each) => tolerates(each, taint)),
  );
  const labels = node.metadata.labels ?? {};
  const missing = Object.entries(wordsAt(pod, 'spec', 'nodeSelector')).filter(([key, value]) => labels[key] !== value);
  return [
    ...(conditionOf(node, 'Ready') === undefined ? ['is not ready'] : []),
    ...(node.spec?.unschedulable === true ? ['is cordoned'] : []),
    ...taints.map((taint) => `has the taint ${describeTaint(taint)}`),
    ...missing.map(([key, value]) => `lacks the label ${key}=${value}`),
    ...(wantsOtherLabels(pod, labels) ? ['is not one that its nodeAffinity allows'] : []),
    ...tooSmall(node, pod),
  ];
}

function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.operator === 'Exists') return toleration.key === undefined || toleration.key === taint.key;
  return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}

function describeTaint(taint: JsonObject): string {
  const value = textAt(taint, 'value');
  return `${textAt(taint, 'key')}${value === '' ? '' : `=${value}`}:${textAt(taint, 'effect')}`;
}

/** Terms are alternatives, the expressions of a term belong together. */
function wantsOtherLabels(pod: KubeObject, labels: Readonly<Record<string, string>>): boolean {
  const required = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
  const terms = listAt(pod, ...required, 'nodeSelectorTerms');
  return (
    terms.length > 0 && !terms.some((term) => listAt(term, 'matchExpressions').every((each) => holds(each, labels)))
  );
}

function holds(expression: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textAt(expression, 'key')];
  const wanted: unknown = expression.values;
  const values = Array.isArray(wanted) ? wanted.map(String) : [];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    // Gt and Lt are for numbers that nobody else has: the scheduler knows.
    default:
      return true;
  }
}

function tooSmall(node: KubeObject, pod: KubeObject): readonly string[] {
  const asked = new Map<string, { readonly total: number; readonly text: string }>();
  for (const container of listAt(pod, 'spec', 'containers')) {
    for (const [resource, text] of Object.entries(wordsAt(container, 'resources', 'requests'))) {
      const total = (asked.get(resource)?.total ?? 0) + amountOf(text);
      const before = asked.get(resource)?.text;
      asked.set(resource, { total, text: before === undefined ? text : `${before} + ${text}` });
    }
  }
  return [...asked].flatMap(([resource, { total, text }]) => {
    const has = textAt(node, 'status', 'allocatable', resource) || '0';
    return total > amountOf(has) ? [`has ${resource} ${has}, and ${text} is asked for`] : [];
  });
}
