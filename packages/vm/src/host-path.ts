import type { InputType } from '@slipway/kit/types';

/** A place on the hosts, where no working folder means anything. */
export const hostPath: InputType<string> = {
  name: 'path on the hosts',
  allowed: 'an absolute path, or one that begins with ~/',
  yamlExample: '/opt/shop',
  parse(raw) {
    const value = raw.trim();
    return /^(?:~\/|\/)[^\0\r\n]*$/.test(value) ? { ok: true, value } : { ok: false };
  },
};
