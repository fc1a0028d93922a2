import { readFileSync } from 'node:fs'
import { base } from './base-state.js'

/** One command as kubectl 1.35.2 answered it on a real 1.34.9 server. */
export interface Transcript {
  readonly id: string
  /** The ordered sequence that it belongs to; those of none only read, on the base state. */
  readonly seq?: string
  readonly user?: string
  readonly words: readonly string[]
  readonly stdin?: string
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Every recorded command, in the order of their recording. */
export const transcripts: readonly Transcript[] = JSON.parse(
  readFileSync(new URL('../../fixtures/e2e/transcripts.json', import.meta.url), 'utf8'),
) as readonly Transcript[]

/** Sequences whose commands change the cluster, in their order. */
export const sequences = ['apply', 'labels', 'rollout', 'taints', 'csr', 'delete'] as const

const json = (value: object): string => JSON.stringify(value)
const configMap = (data: object): string =>
  json({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data })

function certificateRequest(name: string): string {
  return json({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: base.certificateRequests[name],
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  })
}

/** The files that the commands name. */
export const files: Readonly<Record<string, string>> = {
  'base.json': json({ apiVersion: 'v1', kind: 'List', items: base.items }),
  'a1.json': configMap({ x: '1', y: '2' }),
  'a2.json': configMap({ x: '3' }),
  'csr.json': certificateRequest('dave'),
  'csr2.json': certificateRequest('eve'),
}
