/** What may stand in a path, a unit name and a balancer's table without quoting. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;

export const NAME_RULE = 'letters, digits, ".", "_" and "-", starting with a letter or digit, at most 63';
export const VERSION_RULE = 'letters, digits, ".", "_", "+" and "-", starting with a letter or digit, at most 128';

export function isName(text: string): boolean {
  return NAME.test(text) && !text.includes('..');
}

export function isVersion(text: string): boolean {
  return VERSION.test(text) && !text.includes('..');
}
