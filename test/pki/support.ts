import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pki } from '../../src/pki/index.js'
import type { PkiConfig, PkiState } from '../../src/pki/index.js'
import { Random } from '../../src/sim/random.js'

export const CREATED: number = Date.UTC(2026, 0, 1)

/** kubeadm's recorded set-up. */
export const LAB: PkiConfig = {
  seed: 7,
  created: CREATED,
  minor: 34,
  nodeName: 'cp1',
  advertiseAddress: '192.0.2.10:6443',
  serviceIP: '10.96.0.1',
  controlPlaneEndpoint: 'lab.example.com:6443',
  certSANs: ['extra.example.com', '192.0.2.99'],
  clusterName: 'lab',
}

/** A PKI without a cluster. */
export function newPki(
  config: Partial<PkiConfig> = {},
  state: PkiState = { files: new Map(), keys: new Map() },
): Pki {
  const random = new Random(1)
  return new Pki({
    config: { ...LAB, ...config },
    state: () => state,
    serials: () => random.stream('pki/serial'),
  })
}

/** Whether the openssl command is there. */
export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0

/** Runs openssl with files of these names and texts beside it; answers what it prints. */
export function openssl(args: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-openssl-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
