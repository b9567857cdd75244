import type { Argv } from '@slipway/effects/exec';
import type { Problem } from '@slipway/kernel/errors';
import type { Project } from './project.ts';
import { type ArtifactRow, type Condition, TOOLS, type ToolRow } from './tools.ts';

/** What the user asks for. */
export interface Wish {
  readonly tool: 'auto' | 'command' | ToolRow['tool'];
  /** A script for bash; it is then the whole build. */
  readonly command?: string | undefined;
  /** Patterns of JUnit reports, instead of the tool's own. */
  readonly reports?: readonly string[] | undefined;
  /** The path or pattern of the artifact, instead of the tool's own rule. */
  readonly artifact?: string | undefined;
  /** Whether a build without evidence of tests may be green. */
  readonly untested: 'forbidden' | 'allowed';
}

export type PlannedCommand =
  | { readonly kind: 'program'; readonly stage: string; readonly argv: Argv }
  | { readonly kind: 'script'; readonly stage: 'command'; readonly script: string };

export type ArtifactRule =
  | { readonly kind: 'given'; readonly path: string }
  | { readonly kind: 'by-tool'; readonly row: ArtifactRow }
  | { readonly kind: 'none' };

/** Everything that will be done, before anything is. */
export interface BuildPlan {
  readonly tool: string;
  /** Why this tool: for the log. */
  readonly because: string;
  readonly probe?: { readonly argv: Argv; readonly title: string; readonly setup: string };
  readonly commands: readonly PlannedCommand[];
  readonly reports: readonly string[];
  /** What to do when there are no reports. */
  readonly reporting: string;
  readonly artifact: ArtifactRule;
}

/** Which tool builds this project, and how. Pure: the same wish and project give the same plan. */
export function planBuild(wish: Wish, project: Project): BuildPlan | Problem {
  if (wish.command !== undefined) return planCommand(wish.command, wish);
  const row = chooseTool(wish, project);
  if ('what' in row) return row;
  const program = programOf(row, project);
  return {
    tool: row.tool,
    because: wish.tool === 'auto' ? `found ${markersOf(row, project)}` : `tool: ${wish.tool}`,
    probe: { argv: [...program, ...row.probe], title: row.title, setup: row.setup },
    commands: commandsOf(row, project).map(({ stage, args }) => ({
      kind: 'program',
      stage,
      argv: [...program, ...args],
    })),
    reports: wish.reports ?? row.reports,
    reporting: row.reporting,
    artifact: givenArtifact(wish) ?? { kind: 'by-tool', row: row.artifact },
  };
}

function planCommand(script: string, wish: Wish): BuildPlan {
  return {
    tool: 'command',
    because: 'the input "command"',
    commands: [{ kind: 'script', stage: 'command', script }],
    reports: wish.reports ?? [],
    reporting: 'let the command write JUnit XML where "reports" says',
    artifact: givenArtifact(wish) ?? { kind: 'none' },
  };
}

/** The tool that the user names, else the only one whose files are there: two are never guessed between. */
function chooseTool(wish: Wish, project: Project): ToolRow | Problem {
  if (wish.tool !== 'auto') {
    const row = TOOLS.find(({ tool }) => tool === wish.tool);
    if (row === undefined) return nothingFound(project);
    if (row.markers.some((file) => project.files.has(file))) return row;
    return {
      what: `"tool: ${row.tool}" has nothing to build in the top folder of the repository.`,
      got: `no ${row.markers.join(', ')}`,
      fix: 'tool: auto',
    };
  }
  const found = TOOLS.filter((row) => row.markers.some((file) => project.files.has(file))).filter(
    (row) => !row.unless.some((file) => project.files.has(file)),
  );
  if (found.length > 1) {
    return {
      what: 'Several tools could build this repository.',
      got: found.map((row) => `${row.tool} (${markersOf(row, project)})`).join(', '),
      allowed: `one of ${found.map(({ tool }) => tool).join(', ')}, or a command of your own`,
      fix: `tool: ${found[0]?.tool}`,
    };
  }
  return found[0] ?? nothingFound(project);
}

function nothingFound(project: Project): Problem {
  const foreign = TOOLS.flatMap(({ unless }) => unless).filter((file) => project.files.has(file));
  return {
    what: 'No build tool was recognised in the top folder of the repository.',
    ...(foreign.length > 0 ? { got: `${foreign.join(', ')}, of a tool that is not in the table` } : {}),
    allowed: TOOLS.map((row) => `${row.markers.join(' or ')} (${row.tool})`).join(', '),
    fix: 'command: make test\nreports: build/reports/*.xml',
  };
}

function commandsOf(row: ToolRow, project: Project): ToolRow['commands'] {
  const holding = row.commands.filter(({ when }) => when === undefined || holds(when, project));
  return holding.filter(({ stage }, index) => holding.findIndex((other) => other.stage === stage) === index);
}

function holds(condition: Condition, project: Project): boolean {
  return 'has' in condition ? project.files.has(condition.has) : project.scripts.has(condition.script);
}

function programOf(row: ToolRow, project: Project): Argv {
  return row.wrapper?.files.every((file) => project.files.has(file)) === true ? row.wrapper.program : row.program;
}

function markersOf(row: ToolRow, project: Project): string {
  return row.markers.filter((file) => project.files.has(file)).join(', ');
}

function givenArtifact(wish: Wish): ArtifactRule | undefined {
  return wish.artifact === undefined ? undefined : { kind: 'given', path: wish.artifact };
}
