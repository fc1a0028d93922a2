import { describe, expect, it, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { KubectlCommand } from '../../src/kubectl/call/call.js'
import { commands, findCommand } from '../../src/kubectl/commands/lookup.js'
import { flagsOf } from '../../src/kubectl/args/flag-table.js'
import { parseFlags } from '../../src/kubectl/args/flags.js'
import { commandText, GROUPS } from '../../src/kubectl/help/command-texts.js'
import { flagText } from '../../src/kubectl/help/flag-texts.js'
import { releaseOf } from '../../src/kubectl/call/release.js'
import { splitWords } from '../../src/kubectl/call/words.js'

const cluster = new SimCluster({ nodes: 1 })
const release = releaseOf('v1.35')

/** The paths of a command and of those below it. */
const pathsOf = ({ name, commands: below = [] }: KubectlCommand, above = ''): readonly string[] => [
  `${above}${name}`,
  ...below.flatMap((one) => pathsOf(one, `${above}${name} `)),
]
const paths = commands.flatMap((command) => pathsOf(command))

describe('help', () => {
  it('has the form of kubectl', () => {
    const { stdout, exitCode } = cluster.kubectl('cordon --help')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`Mark a node as unschedulable.

Examples:
  kubectl cordon node-1

Options:
    --dry-run='none':
\t"client": print what would be sent; "server": send it, and store nothing; "none": do it.

    -l, --selector='':
\tSelect by labels: key=value, key!=value, key in (a,b), key, !key.

Usage:
  kubectl cordon NODE [options]

Use "kubectl options" for a list of global command-line options (applies to all commands).
`)
  })

  it.each(['drain -h', 'help drain', 'drain node-1 --help', '--help drain'])('is printed for %s', (line) => {
    expect(cluster.kubectl(line)).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('kubectl drain NODE [options]') as unknown,
    })
  })

  it('is printed for no command', () => {
    expect(cluster.kubectl('').stdout).toContain('Basic Commands (Beginner):')
    expect(cluster.kubectl('--help').stdout).toContain('  drain           Move the pods')
    expect(cluster.kubectl('options').stdout).toContain('    -n, --namespace=')
  })

  // as kubectl 1.35 does: one group prints on stdout, and one does not fail
  it.each([
    ['rollout', 'stdout', 1],
    ['create secret', 'stderr', 1],
    ['config --v=2', 'stderr', 1],
    ['certificate', 'stdout', 0],
    ['certificate nope', 'stdout', 0],
  ] as const)('is printed for the group %s alone on %s, with exit code %d', (line, stream, exitCode) => {
    const result = cluster.kubectl(line)
    expect(result.exitCode).toBe(exitCode)
    expect(result.terminal).toBe(result[stream])
    expect(result[stream]).toContain('Available Commands:')
  })

  it('is not printed for what is not asked of kubectl', () => {
    cluster.kubectl('run web --image=nginx')
    cluster.settle()
    expect(cluster.kubectl('exec web -- sh -c "echo $0" --help').stdout).toBe('--help\n')
    expect(cluster.kubectl('rollout nope').stderr).toBe(
      `error: unknown command "nope"\nSee 'kubectl rollout -h' for help and examples\n`,
    )
    expect(cluster.kubectl('frobnicate --help').stderr).toContain('unknown command "frobnicate"')
  })
})

test.each(paths)('kubectl %s is described, with all its flags', (path) => {
  expect(commandText(path).what).not.toBe(path)
  for (const { name, deprecated } of flagsOf(path))
    if (deprecated === undefined) expect(flagText(path, name), name).not.toBe('')
})

test('global flags are described, and each command is in a group', () => {
  for (const { name } of flagsOf('')) expect(flagText('', name), name).not.toBe('')
  const grouped = GROUPS.flatMap(([, names]) => names.split(' '))
  expect(grouped.toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
})

test.each(paths.flatMap((path) => commandText(path).examples.filter((line) => !line.startsWith('#'))))(
  'the example is understood: %s',
  (line) => {
    const found = findCommand(splitWords(line).slice(1), release)
    if (found === undefined) throw new Error('no command')
    const { flags } = parseFlags(found.rest, found.flags, found.path)
    expect(flags.missing()).toEqual([])
  },
)
