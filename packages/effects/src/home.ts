import { userInfo } from 'node:os';

/** The home folder of our user as the system has it: ssh goes by it, whatever HOME says. */
export function loginHome(): string {
  return userInfo().homedir;
}
