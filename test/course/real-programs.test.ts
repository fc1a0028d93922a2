import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'
import { CHAPTERS } from '../../examples/course/chapters.js'
import { Terminal } from '../../examples/course/terminal.js'
import type { Typed } from '../../examples/course/terminal.js'
import { has, needs, programs, serveCluster } from '../e2e/harness.js'
import type { ServedCluster } from '../e2e/harness.js'
import { screenOf, SHOWS } from './shows.js'

const VERSION = 'v1.35'
const kubectl = has('kubectl132') && !has('kubectl') ? 'kubectl132' : 'kubectl'

/** Rows whose commands are kubectl's alone, by chapter: bash and the real kubectl run their lines against the served cluster. */
const ROWS: Readonly<Record<number, readonly string[]>> = { 1: ['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8'], 5: ['R2', 'R3'], 7: ['P1', 'P2', 'P3', 'P4'] }

/** Runs a line with the real bash, in which `kubectl` is the real one. */
function runner(served: ServedCluster): (line: string) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }> {
  const bin = join(served.folder, 'bin')
  mkdirSync(bin)
  symlinkSync(programs[kubectl], join(bin, 'kubectl'))
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, KUBECONFIG: join(served.folder, 'admin.kubeconfig'), HOME: served.folder }
  return (line) => new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', line], { cwd: served.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => void (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ stdout, stderr, exitCode: code ?? 1 }))
  })
}

describe.each(Object.keys(ROWS).map(Number))('chapter %i, typed at the real kubectl', (number) => {
  it('each row shows what it must', { timeout: 180_000 }, async (context) => {
    needs(context, kubectl)
    const chapter = CHAPTERS.find((each) => each.number === number)
    if (chapter === undefined) throw new Error(`there is no chapter ${number}`)
    const cluster = chapter.begin(VERSION)
    await using served = await serveCluster(cluster, { time: { speed: 20 } })
    const terminal = new Terminal(cluster, undefined, runner(served))
    for (const { id, play } of chapter.rows) {
      if (ROWS[number]?.includes(id) !== true) continue
      const from = terminal.typed.length
      await play(terminal)
      const typed: readonly Typed[] = terminal.typed.slice(from)
      SHOWS[id]?.(screenOf(typed, terminal, VERSION))
    }
  })
})
