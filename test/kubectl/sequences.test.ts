import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { files } from './manifests.js'
import { addNode, machine } from './machine.js'

interface Recorded {
  readonly id: string
  readonly words: readonly string[]
  readonly stdin?: string
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/kubectl/sequences.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

/** Steps that this kubectl cannot do (yet), or that are not replayed as they are, with the reason. */
const left: Readonly<Record<string, string>> = {
  'labels-13': 'labels are listed sorted; Go prints them in random order',
  'apply-13': 'follows a server-side apply that is left out',
}

for (const sequence of ['taints', 'labels', 'apply'])
  // each command goes on from where the one before it has left the cluster
  describe(
    `sequence ${sequence}, recorded from kubectl 1.35.2 and a real 1.34 server`,
    { shuffle: false },
    () => {
      const { kubectl, client } = machine({ version: 'v1.34.9', env: { clientVersion: 'v1.35.2' } })
      for (const name of ['n1', 'n2', 'n3']) addNode(client, name)
      if (sequence !== 'apply')
        client.create('namespaces', { metadata: { name: 'seq' }, spec: {}, status: {} })
      for (const one of recorded.filter(({ id }) => id.startsWith(sequence))) {
        it(
          `${one.id}: ` +
            `${one.words.join(' ')}${left[one.id] === undefined ? '' : ` (differs: ${left[one.id]})`}`,
          () => {
            const { stdout, stderr, exitCode } = kubectl(one.words, {
              files,
              ...(one.stdin === undefined ? {} : { stdin: one.stdin }),
            })
            const ours = { stdout: normal(stdout), stderr, exitCode }
            const theirs = { stdout: normal(one.stdout), stderr: one.stderr, exitCode: one.exitCode }
            if (left[one.id] === undefined) expect(ours).toEqual(theirs)
            else expect(ours).not.toEqual(theirs)
          },
        )
      }
    },
  )

/** What differs from run to run, and the version of the nodes. */
function normal(text: string): string {
  return text
    .replaceAll(/uid: \S+/g, 'uid: <uid>')
    .replaceAll(/resourceVersion: "\S+"/g, 'resourceVersion: <rv>')
    .replaceAll(/creationTimestamp: "[^"]*"/g, 'creationTimestamp: <time>')
    .replaceAll(/v1\.3\d\.\d/g, '<version>')
    .replaceAll(/(<age>|\b\d+s) +/g, '<age> ')
}
