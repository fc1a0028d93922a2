import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import type { Content } from '../../../src/lang/bytes/content.js'
import {
  bytesOfContent,
  contentOf,
  joinContent,
  sizeOf,
  sliceContent,
} from '../../../src/lang/bytes/content.js'
import type { TarEntry, TarProgress } from '../../../src/shell/files/tar-archive.js'
import { TAR_BEGIN, readTar, writeTar } from '../../../src/shell/files/tar-archive.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const plain = { mode: 0o644, owner: 0, group: 0, time: 1_700_000_000_000 }

/** Reads an archive that arrives in parts of `size` bytes. */
function readInParts(archive: Content, size: number): { entries: readonly TarEntry[]; end: TarProgress } {
  const entries: TarEntry[] = []
  let end = TAR_BEGIN
  for (let at = 0; at < sizeOf(archive); at += size)
    end = readTar(end, sliceContent(archive, at, at + size), {
      entry: (entry) => void entries.push({ ...entry, content: '' }),
      content: (_, content) => {
        const last = entries.pop() as TarEntry
        entries.push({ ...last, content: joinContent(last.content, content) })
      },
    })
  return { entries, end }
}

const comparable = ({ content, ...entry }: TarEntry): object => ({
  ...entry,
  bytes: [...bytesOfContent(content)],
})

test.each([1, 511, 512, 1000, 1_000_000])(
  'an archive that arrives in parts of %d bytes is read as it was written, with names of any length',
  (size) => {
    const long = `${'d/'.repeat(80)}file`
    const entries: readonly TarEntry[] = [
      { ...plain, name: 'd/', kind: 'directory', mode: 0o755, content: '' },
      { ...plain, name: 'd/a', kind: 'file', content: 'x'.repeat(700) },
      { ...plain, name: long, kind: 'file', content: contentOf(Uint8Array.from([0, 255, 128])) },
    ]
    const archive = writeTar(entries)
    expect(sizeOf(archive) % 10_240).toBe(0)
    const read = readInParts(archive, size)
    expect(read.entries.map(comparable)).toEqual(entries.map(comparable))
    expect(read.end.end).toBe('whole')
    expect(readInParts('no archive'.repeat(100), size).end.end).toBe('invalid')
  },
)

test('headers of POSIX: a name in two parts, and one in a header of its own', () => {
  const archive = bytesOfContent(writeTar([{ ...plain, name: 'b', kind: 'file', content: 'hi' }])).slice()
  archive.set(bytes('some/where'), 345)
  archive.set(bytes('        '), 148)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.set(bytes(`${sum.toString(8).padStart(6, '0')}\0`), 148)
  expect(readInParts(contentOf(archive), 1000).entries[0]?.name).toBe('some/where/b')
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
