import { messageOf, UserError } from '@slipway/kernel/errors';

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'something else is there already',
  ENAMETOOLONG: 'the path is too long',
  EIO: 'the disk reports an error',
  ESTALE: 'the network file system lost it',
};

/** What a person can do something about becomes a UserError that says so; anything else is handed back as it came. */
export function explainDisk(cause: unknown, what: string, path: string): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const meaning = MEANINGS[code];
  if (meaning === undefined) return cause;
  const got = `${meaning} (${messageOf(cause)})`;
  return new UserError({ what, got, fix: `check the rights and the free space of ${path}` }, { cause });
}
