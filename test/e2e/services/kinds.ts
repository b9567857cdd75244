import type { ServiceKind, ServiceOptions } from '@slipway/vm/services/choose';
import { chooseService } from '@slipway/vm/services/choose';
import type { ServiceHost } from '@slipway/vm/services/service';
import type { HostTraits, VmHost } from '../../lab/vm/host.ts';

/** A kind of service as the conformance suite tries it: one entry per kind, and per host that is unlike others. */
export interface KindCase {
  readonly title: string;
  readonly kind: ServiceKind;
  readonly traits?: HostTraits;
  /** Debian packages that its host has; all hosts of the suite have them. */
  readonly packages?: readonly string[];
  /** Over the options that all have. */
  readonly options?: Partial<ServiceOptions>;
  /** What an administrator does once; it follows what `mode: plan` prints, and nothing more. */
  readonly prepare?: (host: VmHost, options: ServiceOptions) => Promise<void>;
}

export const KINDS: readonly KindCase[] = [
  { title: 'script', kind: 'script' },
  { title: 'script on BusyBox', kind: 'script', traits: { busybox: true } },
  { title: 'systemd with sudo', kind: 'systemd', options: { become: 'sudo' }, prepare: doSetup('systemd') },
  {
    title: 'systemd with sudo, logged in to fish',
    kind: 'systemd',
    traits: { shell: '/usr/bin/fish' },
    options: { become: 'sudo', unit: 'own-name@.service' },
    prepare: doSetup('systemd'),
  },
  {
    title: 'systemd with a unit of Type=notify',
    kind: 'systemd',
    options: { become: 'sudo' },
    async prepare(host, options) {
      await doSetup('systemd')(host, options);
      const unit = '/etc/systemd/system/shop-test@.service';
      await host.asRoot(['sed', '-i', 's/^Type=simple$/Type=notify\\nNotifyAccess=all/', unit]);
      await host.asRoot(['systemctl', 'daemon-reload']);
    },
  },
  { title: 'systemd-user', kind: 'systemd-user', traits: { linger: true } },
  { title: 'systemd-user, logged in to csh', kind: 'systemd-user', traits: { linger: true, shell: '/bin/csh' } },
];

/** Runs the lines that the service prints for its administrator. */
export function doSetup(kind: ServiceKind): (host: VmHost, options: ServiceOptions) => Promise<void> {
  return async (host, options) => {
    const { app, environment } = options.place;
    const seen: ServiceHost = {
      name: host.name,
      user: host.user,
      base: `/opt/slipway/${app}/${environment}`,
      lacks: [],
      systemctl: '/usr/bin/systemctl',
    };
    const lines = chooseService(kind, options).setup?.(seen);
    if (lines === undefined) throw new Error(`${kind} prints nothing for an administrator`);
    await host.asRoot(['sh', '-eu'], { input: `${lines}\n` });
  };
}
