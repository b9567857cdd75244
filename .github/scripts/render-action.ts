import type { ActionSpec, InputSpec } from '@slipway/kit/spec';

/** The whole of action.yml. Values are JSON, which is YAML too and needs no thought about quoting. */
export function renderActionFile(action: ActionSpec): string {
  const script = (name: string): string => JSON.stringify(`../../dist/${action.name}/${name}.js`);
  return [
    '# Generated from src/inputs.ts: npm run docs',
    `name: ${JSON.stringify(`Slipway ${action.name}`)}`,
    `description: ${JSON.stringify(action.description)}`,
    'branding:',
    `  icon: ${JSON.stringify(action.branding.icon)}`,
    `  color: ${JSON.stringify(action.branding.color)}`,
    'inputs:',
    ...Object.entries(action.inputs).flatMap(([name, input]) => [
      `  ${name}:`,
      `    description: ${JSON.stringify(describeInput(input))}`,
      `    required: ${input.required === true}`,
      ...(input.default === undefined ? [] : [`    default: ${JSON.stringify(input.default)}`]),
    ]),
    'outputs:',
    ...Object.entries(action.outputs).flatMap(([name, output]) => [
      `  ${name}:`,
      `    description: ${JSON.stringify(plain(output.description))}`,
    ]),
    'runs:',
    '  using: "node24"',
    `  main: ${script('index')}`,
    ...(action.post === true ? [`  post: ${script('post')}`, '  post-if: "always()"'] : []),
    '',
  ].join('\n');
}

function describeInput(input: InputSpec): string {
  const unit = input.unit === undefined ? '' : ` In ${input.unit}.`;
  const preset = input.default === undefined ? '' : ` Default: ${input.default}.`;
  return plain(`${input.description}${unit}${preset}`);
}

/** The runner evaluates expressions in descriptions too, and refuses an action whose text only quotes one. */
function plain(text: string): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/gs, '$1');
}

/** The README with its generated blocks filled anew; throws when it has no place for them. */
export function fillReadme(readme: string, action: ActionSpec): string {
  return fillBlock(fillBlock(readme, 'inputs', inputsTable(action)), 'outputs', outputsTable(action));
}

function inputsTable(action: ActionSpec): string {
  const rows = Object.entries(action.inputs).map(([name, input]) => [
    code(name),
    typeOf(input),
    input.required === true ? '**required**' : input.default === undefined ? '' : code(input.default),
    input.description,
  ]);
  return table(['input', 'type', 'default', 'what it is'], rows);
}

function typeOf({ type, unit, secret }: InputSpec): string {
  const name = unit === undefined ? type.name : `${type.name} (${unit})`;
  return secret === true && type.name !== 'secret' ? `${name}, secret` : name;
}

function outputsTable(action: ActionSpec): string {
  const rows = Object.entries(action.outputs).map(([name, { description }]) => [code(name), description]);
  return table(['output', 'what it is'], rows);
}

function fillBlock(readme: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = readme.indexOf(start);
  const to = readme.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the README needs the lines ${start} and ${end}`);
  return `${readme.slice(0, from + start.length)}\n${content}\n${readme.slice(to)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
