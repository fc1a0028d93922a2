import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { folder } from './folder.js'

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
const dockerfile = read('Dockerfile')

/** The words of an instruction in its JSON form. */
function wordsOf(instruction: string): readonly string[] {
  const [, words = '[]'] = new RegExp(`^${instruction} (.*)$`, 'm').exec(dockerfile) ?? []
  return JSON.parse(words) as readonly string[]
}

test('images are named by digest, and the container runs as nobody', () => {
  const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
  const { image } = JSON.parse(read('.devcontainer/devcontainer.json')) as { image: string }
  for (const each of [...images, image]) expect(each).toMatch(/@sha256:[0-9a-f]{64}$/)
  expect(images).toHaveLength(2)
  expect(dockerfile).toMatch(/^USER 65532:65532$/m)
})

test(
  'the program of the container serves as nobody, and writes only to /tmp',
  { timeout: 60_000 },
  async () => {
    const [, entry = '', ...none] = wordsOf('ENTRYPOINT')
    expect(none).toEqual([])
    const program = entry.replace('/app/', `${inject('consumer')}/`)
    const tmp = mkdtempSync(join(tmpdir(), 'simcluster-container-'))
    chmodSync(tmp, 0o777)
    chmodSync(folder, 0o755)
    const words = wordsOf('CMD').map((word) => word.replace('/tmp/', `${tmp}/`).replace('6443', '0'))
    const nobody = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {}
    const env = { PATH: process.env['PATH'], TMPDIR: tmp }
    const server = spawn(process.execPath, [program, ...words], { env, ...nobody })
    let said = ''
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (said += String(text)))
    while (!said.includes('export KUBECONFIG=')) {
      if (server.exitCode !== null) throw new Error(said)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(readFileSync(join(tmp, 'kubeconfig'), 'utf8')).toContain('server: https://127.0.0.1:')
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
  },
)

/** Runs docker, and returns what it prints. */
function docker(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', words, { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return stdout.trim()
}

// the machine of CI has no docker: there the file tree above is what is tested
if (spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0)
  test('the image builds, and works with a read-only root', { timeout: 900_000 }, () => {
    docker('build', '-t', 'simcluster-test', fileURLToPath(new URL('../..', import.meta.url)))
    const flags = ['--rm', '--read-only', '--tmpfs', '/tmp', 'simcluster-test']
    expect(docker('run', ...flags, 'kubectl', '--', 'get', 'nodes', '-o', 'name')).toContain('node/')
  })
