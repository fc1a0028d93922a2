import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/index.js'

const script = (name: string): string =>
  `for i in 1 2 3 4 5; do echo "line $i from ${name}"; done; sleep 60; echo end`
const lines = (name: string, prefix = ''): string =>
  [1, 2, 3, 4, 5].map((i) => `${prefix}line ${i} from ${name}\n`).join('')

describe('kubectl logs and exec', () => {
  let cluster: SimCluster
  beforeAll(() => {
    cluster = new SimCluster({ nodes: 1 })
    const container = (name: string): object => ({
      name,
      image: 'busybox',
      command: ['sh', '-c', script(name)],
    })
    const made = (name: string, containers: readonly object[]): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: 'web' } },
      spec: { restartPolicy: 'Never', containers },
    })
    cluster.apply([made('a', [container('one'), container('two')])])
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'done' },
      spec: { restartPolicy: 'Never', containers: [{ name: 'm', image: 'busybox', command: ['true'] }] },
    })
    cluster.advance('5s')
  })

  const defaulted = 'Defaulted container "one" out of: one, two\n'
  // texts and codes as recorded from kubectl v1.35.2
  test.each<readonly [command: string, stdout: string, stderr: string, exitCode: number]>([
    ['logs a', lines('one'), defaulted, 0],
    ['logs a -c two', lines('two'), '', 0],
    ['logs a -c one --tail=2', 'line 4 from one\nline 5 from one\n', '', 0],
    [
      'logs a -c one --tail=1 --timestamps --since=1h',
      '2026-01-01T00:00:01.002000000Z line 5 from one\n',
      '',
      0,
    ],
    ['logs a -c one --since=1s', '', '', 0],
    ['logs a -c one --limit-bytes=6', 'line 1', '', 0],
    [
      'logs a -p -c one',
      '',
      'Error from server (BadRequest): previous terminated container "one" in pod "a" not found\n',
      1,
    ],
    ['logs a -c nope', '', 'error: container nope is not valid for pod a\n', 1],
    ['logs a --all-containers --prefix', lines('one', '[pod/a/one] ') + lines('two', '[pod/a/two] '), '', 0],
    ['logs -l app=web -c one', lines('one'), '', 0],
    ['logs zzz', '', 'error: error from server (NotFound): pods "zzz" not found in namespace "default"\n', 1],
    ['exec a -- id', 'uid=0(root) gid=0(root) groups=0(root),10(wheel)\n', defaulted, 0],
    [
      'exec a -c two -- sh -c "echo out; echo err >&2; exit 3"',
      'out\n',
      'err\ncommand terminated with exit code 3\n',
      3,
    ],
    [
      'exec a -c nope -- id',
      '',
      'Error from server (BadRequest): container nope is not valid for pod a\n',
      1,
    ],
    ['exec zzz -- id', '', 'Error from server (NotFound): pods "zzz" not found\n', 1],
    [
      'exec done -- id',
      '',
      'error: cannot exec into a container in a completed pod; current phase is Succeeded\n',
      1,
    ],
  ])('%s', (command, stdout, stderr, exitCode) => {
    expect(cluster.kubectl(command)).toMatchObject({ stdout, stderr, exitCode })
  })

  test('input', () => {
    expect(cluster.kubectl('exec -i a -c one -- cat', { stdin: 'hello\n' }).stdout).toBe('hello\n')
  })

  test('a command that is not there', () => {
    expect(cluster.kubectl('exec a -c one -- bash')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /unable to start container process: exec: "bash": executable file not found in \$PATH: unknown\n$/,
      ) as string,
    })
  })

  test('a log is followed until its container ends', async () => {
    const copy = cluster.fork()
    expect(copy.kubectl('logs -f a -c two').stdout).toBe(`${lines('two')}end\n`)
    const follow = cluster.fork()
    const texts: string[] = []
    for await (const text of follow.kubectlWatch('logs -f a -c two')) {
      texts.push(text)
      setImmediate(() => follow.advance('2m'))
    }
    expect(texts).toEqual([lines('two'), 'end\n'])
  })

  test('a kubelet that does not run answers nothing', () => {
    const copy = cluster.fork()
    copy.node('node-1').kubelet.stop()
    expect(copy.kubectl('logs a -c one').stderr).toMatch(
      /dial tcp 10\.0\.0\.11:10250: connect: connection refused\n$/,
    )
  })
})

describe('kubectl run with an attached container', () => {
  const play = (command: string): object => {
    const cluster = new SimCluster({ nodes: 1 })
    const { stdout, stderr, exitCode } = cluster.kubectl(`run x --image=busybox ${command}`)
    return { stdout, stderr, exitCode }
  }

  test('exits with the exit code of a pod that is not restarted, after --rm has deleted it', () => {
    const failed = { stderr: 'pod default/x terminated (Error)\n', exitCode: 3 }
    expect(play('-i --rm --restart=Never -- sh -c "exit 3"')).toEqual({
      stdout: 'pod "x" deleted from default namespace\n',
      ...failed,
    })
    expect(play('-qi --rm --restart=Never -- sh -c "exit 3"')).toEqual({ stdout: '', ...failed })
    expect(play('-qi --restart=Never -- sh -c "sleep 5; exit 3"')).toEqual({ stdout: '', ...failed })
    expect(play('-qi --restart=Never -- sh -c "sleep 5; echo hi"')).toEqual({
      stdout: 'hi\n',
      stderr: '',
      exitCode: 0,
    })
  })

  test('prints the termination message of the pod', () => {
    const command = 'echo no database > /dev/termination-log; exit 3'
    expect(play(`-i --restart=Never -- sh -c "${command}"`)).toEqual({
      stdout: '',
      stderr: 'pod default/x terminated (Error)\nno database\n',
      exitCode: 3,
    })
  })

  test('waits for the success of a pod that is restarted on failure', () => {
    expect(play('-qi --restart=OnFailure -- sh -c "sleep 5; exit 3"')).toEqual({
      stdout: '',
      stderr: 'error: timed out waiting for the condition\n',
      exitCode: 1,
    })
  })

  test('has no exit code of a pod that is always restarted, or whose input stays open', () => {
    const ended = { stdout: '', stderr: '', exitCode: 0 }
    expect(play('-qi -- sh -c "sleep 5; exit 3"')).toEqual(ended)
    expect(play('-qi --leave-stdin-open --restart=Never -- sh -c "sleep 5; exit 3"')).toEqual(ended)
  })
})
