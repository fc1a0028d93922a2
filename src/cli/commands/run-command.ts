import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Command } from '../command.js'
import { UsageError } from '../command.js'
import { checkServing, SERVE_FLAGS, saveAtEnd, servedCluster, startServing } from '../serving.js'
import { surviveErrors } from '../survive-errors.js'

/** Exit code of a shell for a program that a signal has ended, without the signal's number. */
const SIGNALLED = 128

const whyNotRun = (program: string, code: string): string => {
  if (code === 'ENOENT') return `there is no program ${program}`
  return code === 'EACCES'
    ? `${program} is no program: it is not executable, or a folder`
    : `${program} cannot be started: ${code}`
}

/** Runs a program with KUBECONFIG, and returns its exit code. Signals are passed on. */
function runProgram([program = '', ...words]: readonly string[], kubeconfig: string): Promise<number> {
  return new Promise<number>((resolveCode, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig } })
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
    const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
    for (const signal of SIGNALS) process.on(signal, pass)
    const end = (): void => {
      for (const signal of SIGNALS) process.off(signal, pass)
    }
    child.once('error', (error) => {
      end()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      end()
      resolveCode(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal]))
    })
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined ? error : new UsageError(whyNotRun(program, error.code))
  })
}

/** `simcluster run`: a program with a cluster of its own. */
export const runCommand: Command = {
  name: 'run',
  about:
    "Serves a cluster, runs a program with KUBECONFIG, stops the cluster; the exit code is the program's.",
  words: '-- PROGRAM WORDS',
  flags: SERVE_FLAGS,
  examples: [
    'simcluster run --manifests ./deploy -- kubectl get pods',
    'simcluster run --time virtual -- python3 -m pytest',
    "simcluster run --nodes 5 -- sh -c 'kubectl apply -f deploy && kubectl rollout status deployment/web'",
  ],
  run: async ({ flags, words }, terminal) => {
    if ((words[0] ?? '') === '')
      throw new UsageError('write the program to run: simcluster run -- PROGRAM WORDS')
    await checkServing(flags)
    const { cluster, time } = servedCluster(flags, 'real')
    const serving = await startServing(cluster, { flags, time }, terminal)
    const endSurvival = surviveErrors((text) => terminal.err(text))
    try {
      const code = await runProgram(words, serving.kubeconfig)
      saveAtEnd(cluster, flags)
      return code
    } finally {
      endSurvival()
      await serving.close()
    }
  },
}
