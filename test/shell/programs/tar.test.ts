import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { readTar, writeTar } from '../../../src/shell/files/tar-archive.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const plain = { mode: 0o644, owner: 0, group: 0, time: 1_700_000_000_000 }

test('an archive is read as it was written, names of any length', () => {
  const long = `${'d/'.repeat(80)}file`
  const entries = [
    { ...plain, name: 'd/', kind: 'directory' as const, mode: 0o755, content: new Uint8Array() },
    { ...plain, name: 'd/a', kind: 'file' as const, content: bytes('x'.repeat(700)) },
    { ...plain, name: long, kind: 'file' as const, content: Uint8Array.from([0, 255, 128]) },
  ]
  const archive = writeTar(entries)
  expect(archive.length % 10_240).toBe(0)
  expect(readTar(archive)).toEqual(entries)
  expect(readTar(bytes('no archive'.repeat(100)))).toBeUndefined()
})

test('headers of POSIX: a name in two parts, and one in a header of its own', () => {
  const archive = writeTar([{ ...plain, name: 'b', kind: 'file', content: bytes('hi') }])
  archive.set(bytes('some/where'), 345)
  archive.set(bytes('        '), 148)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.set(bytes(`${sum.toString(8).padStart(6, '0')}\0`), 148)
  expect(readTar(archive)?.[0]?.name).toBe('some/where/b')
})

test('files go from one container into another', () => {
  const cluster = new SimCluster({ nodes: 1 })
  for (const name of ['a', 'b'])
    cluster.apply(
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: default}\nspec: {containers: ` +
        `[{name: main, image: nginx}]}\n`,
    )
  cluster.settle()
  cluster.exec('a', 'mkdir -p /srv/d; printf one > /srv/d/1; printf two > /srv/2')
  const { stdout, stderr } = cluster.exec('a', ['tar', 'cvf', '-', '-C', '/srv', 'd', '2'])
  expect(stderr).toBe('d/\nd/1\n2\n')
  expect(cluster.exec('b', ['tar', '-xmf', '-', '-C', '/tmp'], { stdin: stdout })).toMatchObject({
    exitCode: 0,
  })
  expect(cluster.exec('b', 'cat /tmp/d/1 /tmp/2').stdout).toBe('onetwo')
  expect(cluster.exec('a', 'tar cf /tmp/x.tar /srv/2; tar tf /tmp/x.tar')).toMatchObject({
    stdout: 'srv/2\n',
    stderr: "tar: Removing leading `/' from member names\n",
  })
})

test('what is missing, and what is no archive', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: default}\nspec: {containers: [{name: ' +
      'main, image: nginx}]}\n',
  )
  cluster.settle()
  expect(cluster.exec('a', 'tar cf - nope')).toMatchObject({
    exitCode: 2,
    stderr:
      'tar: nope: Cannot stat: No such file or directory\ntar: Exiting with failure status due to ' +
      'previous errors\n',
  })
  expect(cluster.exec('a', 'echo x | tar xf -')).toMatchObject({
    exitCode: 2,
    stderr:
      'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n',
  })
  expect(cluster.exec('a', 'tar xf nope.tar')).toMatchObject({
    exitCode: 2,
    stderr:
      'tar: nope.tar: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n',
  })
  expect(cluster.exec('a', 'tar').stderr).toMatch(/^tar: You must specify one of/)
})
