import type { Balancer, ServerRef, ServerState } from '@slipway/vm/balancers/balancer';

export interface MemoryBalancer extends Balancer {
  /** Every change that was asked for, in words: `web-1=0`. */
  readonly changes: string[];
  /** What an operator or the world outside does to a server. */
  put(member: string, change: Partial<Omit<ServerState, 'member' | 'slot'>>): void;
  share(member: string): number;
  /** From now on nothing can be changed, and this is why. */
  refuse(why: string | undefined): void;
}

/** A balancer in memory, all of its servers up and in full service at first; waits end at once, one way or the other. */
export function memoryBalancer(name: string, members: readonly string[]): MemoryBalancer {
  const servers = new Map<string, ServerState>(
    members.map((member) => [member, { member, slot: 'blue', share: 100, up: true, inFlight: 0, detail: '' }]),
  );
  const changes: string[] = [];
  let refusal: string | undefined;
  const find = ({ member }: { readonly member: string }): ServerState => {
    const state = servers.get(member);
    if (state === undefined) throw new Error(`${name} has no server ${member}`);
    return state;
  };
  return {
    name,
    capabilities: { weights: 'exact', shifts: 'each', perClient: false, inFlight: 'exact', cutsOnChange: false },
    changes,
    put: (member, change) => void servers.set(member, { ...find({ member }), ...change }),
    share: (member) => find({ member }).share,
    refuse(why) {
      refusal = why;
    },
    read: async (refs) => refs.map(find),
    async set(wanted) {
      if (refusal !== undefined) throw new Error(refusal);
      for (const { member, share } of wanted) {
        servers.set(member, { ...find({ member }), share });
        changes.push(`${member}=${share}`);
      }
    },
    drained: async (refs) =>
      none(
        'still busy',
        refs.filter((ref) => find(ref).inFlight > 0),
      ),
    up: async (refs) =>
      none(
        'not up',
        refs.filter((ref) => !find(ref).up),
      ),
  };
}

function none(what: string, late: readonly ServerRef[]): void {
  if (late.length > 0) throw new Error(`${what}: ${late.map(({ member }) => member).join(', ')}`);
}
