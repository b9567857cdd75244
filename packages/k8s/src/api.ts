import type { KubeObject, ObjectRef } from './object.ts';
import type { Resource } from './paths.ts';

export interface ApplyOptions {
  /** Takes fields over that others own; else a conflict names owner and field. */
  readonly force?: boolean;
  /** The server answers as if, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: all namespaces, or a cluster-wide kind. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  /** The server keeps connections alive with these; only the resourceVersion is filled. */
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject };

/**
 * The Kubernetes API. Reads and whatever can be repeated safely are tried again on 429 (honouring Retry-After), 5xx and
 * broken connections. What the server refuses is an `ApiRefusal`.
 */
export interface KubeApi {
  /** Undefined when there is no such object, or no such kind in this cluster. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(query: ListQuery): Promise<KubeList>;
  /** Server-side apply by our field manager. */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  /** Rejects with an `ApiRefusal` of reason `AlreadyExists` when somebody was first. */
  create(object: KubeObject): Promise<KubeObject>;
  /** Rejects with reason `Conflict` when the resourceVersion in the object is not the newest. */
  replace(object: KubeObject): Promise<KubeObject>;
  /** RFC 7386. */
  mergePatch(ref: ObjectRef, patch: unknown): Promise<KubeObject>;
  /** Nothing to delete is a success. With `uid`, only that very object. */
  remove(
    ref: ObjectRef,
    options?: { readonly propagation?: 'Background' | 'Foreground' | 'Orphan'; readonly uid?: string },
  ): Promise<void>;
  /** Lists, then watches from there, and goes on by itself over ends, cuts and 410 Gone, until the signal is aborted. */
  watch(query: ListQuery, signal: AbortSignal): AsyncIterable<KubeList | WatchEvent>;
  /** The last lines of a container; `previous` of the one before its restart. */
  logs(
    pod: ObjectRef,
    container: string,
    options: { readonly lines: number; readonly previous: boolean },
  ): Promise<string>;
  /** POST of a review that stores nothing (SelfSubjectAccessReview and such); the answer. */
  review(object: Omit<KubeObject, 'metadata'>): Promise<KubeObject>;
  /** How the kind is named in paths and in RBAC; undefined for a kind that the cluster does not know. */
  resource(apiVersion: string, kind: string): Promise<Resource | undefined>;
  /** Whether objects of the kind live in namespaces; undefined for a kind that the cluster does not know. */
  isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined>;
}

/** The server said no. `reason` as in the Status object: `Forbidden`, `Invalid`, `Conflict`, `AlreadyExists`... */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly reason: string;
  /** Fields that the server names, with its words. */
  readonly causes: readonly { readonly field: string; readonly message: string; readonly reason: string }[];

  constructor(status: number, reason: string, message: string, causes: ApiRefusal['causes']) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.causes = causes;
  }
}
