import type { Argv } from '@slipway/effects/exec';

/** What holds for a project: a file in its top folder, or a script in its package.json. */
export type Condition = { readonly has: string } | { readonly script: string };

/** One command of a tool. Of those with the same stage the first whose condition holds is run. */
export interface CommandRow {
  readonly stage: 'install' | 'build' | 'test' | 'verify';
  readonly args: readonly string[];
  readonly when?: Condition;
}

/** What a build leaves behind to be published. */
export interface ArtifactRow {
  readonly kind: 'file' | 'folder';
  /** Patterns; a folder is meant by its path. */
  readonly found: readonly string[];
  readonly notThese: readonly string[];
}

export const TOOL_NAMES = ['maven', 'npm'] as const;

/** One build tool. Everything that is said about a tool anywhere is said here. */
export interface ToolRow {
  readonly tool: (typeof TOOL_NAMES)[number];
  /** How people call it. */
  readonly title: string;
  /** Any of these files makes it a project of this tool... */
  readonly markers: readonly string[];
  /** ...unless one of these says that another tool owns it. */
  readonly unless: readonly string[];
  readonly program: Argv;
  /** Used instead of `program` when all of its files are there. */
  readonly wrapper?: { readonly files: readonly string[]; readonly program: Argv };
  /** Arguments that make the tool say its version. */
  readonly probe: readonly string[];
  /** What to write when the tool is missing. */
  readonly setup: string;
  readonly commands: readonly CommandRow[];
  /** Where its JUnit reports are. */
  readonly reports: readonly string[];
  /** What to do when there are none. */
  readonly reporting: string;
  readonly artifact: ArtifactRow;
}

export const TOOLS: readonly ToolRow[] = [
  {
    tool: 'maven',
    title: 'Maven',
    markers: ['pom.xml'],
    unless: [],
    program: ['mvn'],
    // A lone mvnw cannot do anything: the properties say which Maven it is to fetch.
    // By way of sh, since its exec bit is often lost.
    wrapper: { files: ['mvnw', '.mvn/wrapper/maven-wrapper.properties'], program: ['sh', './mvnw'] },
    probe: ['-B', '--version'],
    setup: 'uses: actions/setup-java with a java-version, or a runner image with Maven',
    commands: [{ stage: 'verify', args: ['-B', '-ntp', 'verify'] }],
    reports: ['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml'],
    reporting: 'look whether tests are switched off (skipTests, maven.test.skip) or matched by no include of surefire',
    artifact: {
      kind: 'file',
      found: ['target/*.{jar,war}'],
      notThese: ['target/original-*', 'target/*-{sources,javadoc,tests,test-sources,test-javadoc}.jar'],
    },
  },
  {
    tool: 'npm',
    title: 'npm',
    markers: ['package.json'],
    unless: ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
    program: ['npm'],
    probe: ['--version'],
    setup: 'uses: actions/setup-node with a node-version',
    commands: [
      { stage: 'install', args: ['ci', '--no-audit', '--no-fund'], when: { has: 'package-lock.json' } },
      { stage: 'install', args: ['ci', '--no-audit', '--no-fund'], when: { has: 'npm-shrinkwrap.json' } },
      // Without a lock file of its own the project gets none from us: the work tree stays as it was committed.
      { stage: 'install', args: ['install', '--no-package-lock', '--no-audit', '--no-fund'] },
      { stage: 'build', args: ['run', 'build'], when: { script: 'build' } },
      { stage: 'test', args: ['test'], when: { script: 'test' } },
    ],
    reports: ['**/junit*.xml', '**/reports/**/*.xml', '**/test-results/**/*.xml'],
    reporting:
      'let the test script write JUnit XML: node --test --test-reporter=junit --test-reporter-destination=junit.xml, vitest --reporter=junit --outputFile=junit.xml, or jest-junit',
    artifact: { kind: 'folder', found: ['dist'], notThese: [] },
  },
];

/** Folders that hold other people's files, or none of interest. */
export const PASSED_OVER: readonly string[] = ['node_modules', '.git'];
