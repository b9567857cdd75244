import type { Figures } from '@slipway/health/judge-gate';
import type { SlotName } from '@slipway/strategy/topology';

/** What a kind of balancer can do; strategies and plans ask these. */
export interface BalancerCapabilities {
  readonly weights: 'exact' | 'by-member';
  /** `each`: servers get their shares one by one. `together`: a slot's share is one for all, and changes at one moment. */
  readonly shifts: 'each' | 'together';
  /** A share is one of the clients, and a client stays where it is while shares only grow; else it is one of the requests. */
  readonly perClient: boolean;
  /** `exact`: requests in flight are counted per server; `guessed`: inferred from connections. */
  readonly inFlight: 'exact' | 'guessed';
  /** A change of this kind may cut keep-alive connections. */
  readonly cutsOnChange: boolean;
}

/** One server entry: a slot of a member, as one balancer sees it. */
export interface ServerState {
  readonly member: string;
  readonly slot: SlotName;
  /** Share of what the server would get in full service, 0..100; 0 = drained or in maintenance. */
  readonly share: number;
  /** The balancer's own health check says that the server is up. */
  readonly up: boolean;
  /** Requests being served now, queued ones included. */
  readonly inFlight: number;
  /** As the balancer words it, for people. */
  readonly detail: string;
}

export interface ServerRef {
  readonly member: string;
  readonly slot: SlotName;
}

/** One balancer. Every change is read back: an answer or an exit status is only a hint. */
export interface Balancer {
  /** What people call it, for messages. */
  readonly name: string;
  readonly capabilities: BalancerCapabilities;
  /** Every server asked for; one that it does not know is a UserError naming it, the backend and what there is. */
  read(servers: readonly ServerRef[], signal: AbortSignal): Promise<readonly ServerState[]>;
  /**
   * Where one change moves everybody: puts the servers that get nothing yet into service, and resolves once the balancer
   * calls each of them up; rejects with its words after `deadlineMs`. Before the change, since users follow it at once.
   */
  ready?(servers: readonly ServerRef[], deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** Sets the shares, all in one go where it can, and reads them back. Nobody waits for anything in flight here. */
  set(changes: readonly (ServerRef & { readonly share: number })[], signal: AbortSignal): Promise<void>;
  /** Resolves once nothing is in flight on any of the servers; rejects with the numbers when `deadlineMs` is over. */
  drained(servers: readonly ServerRef[], deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** Resolves once the balancer itself calls each of the servers up; rejects with its words after `deadlineMs`. */
  up(servers: readonly ServerRef[], deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** What was counted of these servers together; absent where a balancer counts nothing per server. */
  figures?(servers: readonly ServerRef[], signal: AbortSignal): Promise<Figures>;
}
