import { spawn } from 'node:child_process'
import { recordCluster } from '../../real/recording/record.js'
import type { Command } from '../command.js'
import { UsageError } from '../command.js'
import { textsOf } from '../files.js'
import { shellWord } from '../output.js'
import { untilStopped } from '../until-stopped.js'

/** Runs a program to its end with this kubeconfig; returns its exit code. */
function runWith(kubeconfig: string, [program = '', ...words]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig } })
    // the program ends first, then what was recorded is saved and the proxy removed
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
    process.on('SIGTERM', pass).on('SIGINT', pass).on('SIGHUP', pass)
    const over = (): void => void process.off('SIGTERM', pass).off('SIGINT', pass).off('SIGHUP', pass)
    child.once('error', (error) => (over(), reject(error)))
    child.once('close', (code) => (over(), resolve(code ?? 1)))
  })
}

/** `simcluster record`: what a test asks of a real cluster, as a file. */
export const recordCommand: Command = {
  name: 'record',
  about: 'Records what a program asks of a real cluster, and the responses, to compare the simulator with.',
  words: 'FILE [-- PROGRAM WORDS]',
  flags: {
    kubeconfig: { value: 'FILE', about: 'kubeconfig of the real cluster', default: "kubectl's choice" },
    context: { value: 'NAME', about: 'context of the kubeconfig', default: 'the current one' },
    kubectl: { value: 'PATH', about: 'the kubectl that reaches the cluster', default: 'that of the path' },
    id: { value: 'NAME', about: 'what the recording is called', default: 'recording' },
  },
  examples: ['simcluster record bug.json -- go test ./...', 'simcluster record bug.json --context staging'],
  run: async ({ flags, words: [file, ...program] }, terminal) => {
    if (file === undefined) throw new UsageError('write record FILE, or record FILE -- PROGRAM WORDS')
    const recording = await recordCluster(textsOf(flags, ['kubeconfig', 'context', 'kubectl', 'id']))
    try {
      if (program.length > 0) return await runWith(recording.kubeconfig, program)
      terminal.out(`export KUBECONFIG=${shellWord(recording.kubeconfig)}\n`)
      await untilStopped()
      return 0
    } finally {
      recording.save(file)
      await recording.close()
      terminal.err(`recorded in ${file}\n`)
    }
  },
}
