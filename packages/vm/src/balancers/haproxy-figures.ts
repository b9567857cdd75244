import type { Figures } from '@slipway/health/judge-gate';
import type { ServerRef } from './balancer.ts';
import type { View } from './haproxy-view.ts';

/** The servers together; the mean is that of all their requests. */
export function figuresOf({ process, seen }: View<ServerRef>): Figures {
  const rows = seen.map(({ row }) => row);
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const requests = sum((row) => row.requests);
  return {
    process,
    requests,
    failed: sum((row) => row.failed),
    meanMs: requests === 0 ? undefined : sum((row) => row.requests * row.meanMs) / requests,
  };
}
