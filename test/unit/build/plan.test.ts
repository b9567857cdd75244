import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BuildPlan, planBuild, type Wish } from '@slipway/build/plan';
import { showCommand } from '@slipway/build/run-build';
import { TOOL_NAMES, TOOLS } from '@slipway/build/tools';
import { wishProblems } from '@slipway/build/wish-problems';
import type { Problem } from '@slipway/kernel/errors';

const AUTO: Wish = { tool: 'auto', untested: 'forbidden' };

describe('the commands of a project', () => {
  const cases: readonly {
    readonly name: string;
    readonly files: readonly string[];
    readonly scripts?: readonly string[];
    readonly wish?: Partial<Wish>;
    readonly commands: readonly string[];
  }[] = [
    { name: 'Maven', files: ['pom.xml'], commands: ['mvn -B -ntp verify'] },
    {
      name: 'Maven with a whole wrapper',
      files: ['pom.xml', 'mvnw', '.mvn/wrapper/maven-wrapper.properties'],
      commands: ['sh ./mvnw -B -ntp verify'],
    },
    { name: 'Maven with half a wrapper', files: ['pom.xml', 'mvnw'], commands: ['mvn -B -ntp verify'] },
    {
      name: 'npm with a lock file and all scripts',
      files: ['package.json', 'package-lock.json'],
      scripts: ['build', 'test', 'lint'],
      commands: ['npm ci --no-audit --no-fund', 'npm run build', 'npm test'],
    },
    {
      name: 'npm with a shrinkwrap, tests only',
      files: ['package.json', 'npm-shrinkwrap.json'],
      scripts: ['test'],
      commands: ['npm ci --no-audit --no-fund', 'npm test'],
    },
    {
      name: 'npm without a lock file',
      files: ['package.json'],
      commands: ['npm install --no-package-lock --no-audit --no-fund'],
    },
    {
      name: 'npm by name, although the lock file is of another tool',
      files: ['package.json', 'yarn.lock'],
      wish: { tool: 'npm' },
      commands: ['npm install --no-package-lock --no-audit --no-fund'],
    },
    {
      name: 'the named one of two',
      files: ['package.json', 'pom.xml'],
      wish: { tool: 'maven' },
      commands: ['mvn -B -ntp verify'],
    },
    { name: 'a command wins', files: ['pom.xml'], wish: { command: 'make' }, commands: ['command'] },
  ];

  for (const { name, files, scripts = [], wish, commands } of cases) {
    test(name, () => {
      const plan = planned({ ...AUTO, ...wish }, files, scripts);

      assert.deepEqual(plan.commands.map(showCommand), commands);
    });
  }
});

describe('what cannot be planned', () => {
  const cases: readonly (readonly [name: string, files: readonly string[], wish: Partial<Wish>, says: RegExp])[] = [
    [
      'two tools',
      ['pom.xml', 'package.json'],
      {},
      /Several tools.*maven \(pom\.xml\), npm \(package\.json\).*tool: maven/,
    ],
    ['no tool', [], {}, /No build tool was recognised.*command: make test/],
    ['a foreign lock file', ['package.json', 'pnpm-lock.yaml'], {}, /No build tool.*pnpm-lock\.yaml, of a tool that/],
    ['a named tool without its file', ['package.json'], { tool: 'maven' }, /"tool: maven\\" has nothing.*no pom\.xml/],
  ];
  for (const [name, files, wish, says] of cases) {
    test(name, () => {
      const problem = planBuild({ ...AUTO, ...wish }, project(files));

      assert.equal('what' in problem, true);
      assert.match(JSON.stringify(problem), says);
    });
  }
});

test('what the user says about reports and artifact wins over the table', () => {
  const plan = planned({ ...AUTO, reports: ['x.xml'], artifact: 'out' }, ['pom.xml']);

  assert.deepEqual([plan.reports, plan.artifact], [['x.xml'], { kind: 'given', path: 'out' }]);
});

test('the table has one row for each name', () => {
  assert.deepEqual(
    TOOLS.map(({ tool }) => tool),
    [...TOOL_NAMES],
  );
});

describe('wishes that contradict themselves', () => {
  const cases: readonly (readonly [name: string, wish: Partial<Wish>, says: readonly RegExp[]])[] = [
    ['nothing wrong', AUTO, []],
    ['a command with its reports', { ...AUTO, tool: 'command', command: 'make', reports: ['a.xml'] }, []],
    ['a command without tests', { ...AUTO, command: 'make', untested: 'allowed' }, []],
    ['tool: command alone', { ...AUTO, tool: 'command' }, [/needs the input "command"/]],
    ['a tool and a command', { ...AUTO, tool: 'npm', command: 'make', reports: ['a'] }, [/exclude each other/]],
    ['a command without reports', { ...AUTO, command: 'make' }, [/only "reports" tells/]],
    ['reports elsewhere', { ...AUTO, reports: ['/tmp/*.xml', '../x.xml', 'ok.xml'] }, [/leads out/, /leads out/]],
  ];
  for (const [name, wish, says] of cases) {
    test(name, () => {
      const problems: readonly Problem[] = wishProblems(wish);

      assert.equal(problems.length, says.length, JSON.stringify(problems));
      for (const [index, expected] of says.entries()) assert.match(problems[index]?.what ?? '', expected);
    });
  }
});

function planned(wish: Wish, files: readonly string[], scripts: readonly string[] = []): BuildPlan {
  const plan = planBuild(wish, project(files, scripts));
  if ('what' in plan) throw new Error(plan.what);
  return plan;
}

function project(files: readonly string[], scripts: readonly string[] = []) {
  return { files: new Set(files), scripts: new Set(scripts) };
}
