import { setTimeout as sleep } from 'node:timers/promises'
import { writePrivateFile } from '../../disk/private-file.js'
import type { CommandArguments, Command, Terminal } from '../command.js'
import { onlyWord } from '../files.js'
import { ask, KUBECONFIG, servedSnapshot } from '../served.js'

async function move(flags: CommandArguments['flags'], path: string, terminal: Terminal): Promise<number> {
  const { time } = JSON.parse(await ask(flags, 'POST', path)) as { readonly time: string }
  terminal.out(`${time}\n`)
  return 0
}

const onNode = (name: 'crash' | 'recover', about: string): Command => ({
  name,
  about,
  words: 'NODE',
  flags: KUBECONFIG,
  examples: [`simcluster ${name} node-2`],
  run: ({ flags, words }, terminal) =>
    move(flags, `${name}?node=${encodeURIComponent(onlyWord(words, 'node'))}`, terminal),
})

/** Ms between two looks whether a server is gone, and the most looks. */
const GONE_MS = 50
const MOST_LOOKS = 200

/** Resolves when a served cluster no longer responds. @throws Error if it does after ten seconds */
async function untilGone(flags: CommandArguments['flags']): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    await sleep(GONE_MS)
    const responds = await ask(flags, 'GET', 'time').then(
      () => true,
      () => false,
    )
    if (!responds) return
  }
  throw new Error('the cluster was asked to stop, and still responds')
}

/** Commands that act on a served cluster. */
export const controlCommands: readonly Command[] = [
  {
    name: 'advance',
    about: 'Moves the time of a served cluster, runs everything that comes due, and prints the time.',
    words: 'DURATION',
    flags: KUBECONFIG,
    examples: ['simcluster advance 5m', 'simcluster advance 30s --kubeconfig ./kubeconfig'],
    run: ({ flags, words }, terminal) =>
      move(flags, `advance?duration=${encodeURIComponent(onlyWord(words, 'duration'))}`, terminal),
  },
  {
    name: 'settle',
    about: 'Runs a served cluster until nothing is in flight, and prints the time.',
    flags: KUBECONFIG,
    examples: ['simcluster settle'],
    run: ({ flags }, terminal) => move(flags, 'settle', terminal),
  },
  onNode('crash', 'Cuts the power of a node of a served cluster.'),
  onNode('recover', 'Starts a crashed node of a served cluster again.'),
  {
    name: 'stop',
    about: 'Ends a served cluster, which saves itself first if it was told to.',
    flags: KUBECONFIG,
    examples: ['simcluster stop', 'simcluster stop --kubeconfig ./kubeconfig'],
    run: async ({ flags }, terminal) => {
      await ask(flags, 'POST', 'stop')
      await untilGone(flags)
      terminal.out('stopped\n')
      return 0
    },
  },
  {
    name: 'snapshot',
    about: 'Saves the state of a served cluster, for simcluster serve --snapshot.',
    words: 'FILE',
    flags: KUBECONFIG,
    examples: ['simcluster snapshot ./cluster.snapshot'],
    run: async ({ flags, words }, terminal) => {
      const file = onlyWord(words, 'file')
      writePrivateFile(file, await servedSnapshot(flags))
      terminal.out(`saved ${file}\n`)
      return 0
    },
  },
]
