import type { ListQuery } from './api.ts';
import type { ObjectRef } from './object.ts';

/** A kind as discovery tells it. */
export interface Resource {
  /** Plural, as in paths: `deployments`. */
  readonly name: string;
  readonly namespaced: boolean;
}

/** The path of a group and version: `/api/v1` for the core, `/apis/apps/v1` for the rest. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

export function collectionPath(apiVersion: string, { name, namespaced }: Resource, namespace?: string): string {
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${groupPath(apiVersion)}${within}/${name}`;
}

export function objectPath(ref: ObjectRef, resource: Resource): string {
  return `${collectionPath(ref.apiVersion, resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

export function selectorQuery({ labelSelector, fieldSelector }: ListQuery): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}
