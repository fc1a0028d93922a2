import { InputError } from '../../lang/input-error.js'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { writePrivateFile } from '../../disk/private-file.js'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { PKI_DIR } from '../../pki/index.js'
import { openDurableCluster, serve } from '../../server/index.js'
import type { DurableCluster, ServeOptions } from '../../server/index.js'
import { OutsideAuthorizer } from '../../server/webhooks/authorizer.js'
import { OutsideCalls } from '../../server/webhooks/outside-calls.js'
import { servingCertificate } from '../../server/credentials/serving-certificate.js'
import { apiserverFlags } from './apiserver-flags.js'
import { clusterOptions, portOf, serviceAccountKeys } from './apiserver-options.js'
import { auditBackends } from './audit-backends.js'
import type { ProgramFlags } from './program.js'
import { fileOf, FlagError, flagOf, listOf, runProgram } from './program.js'

const DEFAULT_HOST = '127.0.0.1'
/** Ms for which a program waits for its etcd. */
const ETCD_MS = 20_000
/** Ms between two attempts to reach it. */
const RETRY_MS = 100
/** Ms for which a program that stops waits for etcd to take what is left. */
const LAST_WRITES_MS = 2_000

const note = (line: string): void => void process.stderr.write(line)

/** Opens the cluster in etcd, or creates it there. */
async function open(flags: ProgramFlags, cluster: ClusterOptions): Promise<DurableCluster> {
  const endpoints = listOf(flags, 'etcd-servers')
  if (endpoints.length === 0) throw new FlagError('"command failed" err="--etcd-servers must be specified"')
  const [ca, cert, key] = ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile'].map((name) => fileOf(flags, name))
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
  const registry = `/${(flagOf(flags, 'etcd-prefix') ?? '/registry').replaceAll(/^\/+|(?<!\/)\/+$/g, '')}`
  const prefix = `/simcluster${registry}/`
  for (const deadline = Date.now() + ETCD_MS; ; await sleep(RETRY_MS)) {
    try {
      return await openDurableCluster({ endpoints, tls, prefix, registry, lockTtl: 5, cluster })
    } catch (error) {
      const isOver = Date.now() > deadline || error instanceof InputError
      if (isOver) throw error
    }
  }
}

/** Adds the machines that the options ask for to a cluster that was made without them. */
function addNodes(cluster: SimCluster, wanted: number): void {
  for (let at = cluster.nodes().length; at < wanted; at++) cluster.addNode({ name: `node-${at + 1}` })
}

/** Uses the keys of service accounts, and the certificate for kubelets, that the flags name. */
function useKeys({ pki }: SimCluster, flags: ProgramFlags): void {
  for (const [flag, end] of [
    ['kubelet-client-certificate', 'crt'],
    ['kubelet-client-key', 'key'],
  ] as const) {
    const text = fileOf(flags, flag)
    if (text !== undefined) pki.write(`${PKI_DIR}/apiserver-kubelet-client.${end}`, text)
  }
  const { signing, verifying } = serviceAccountKeys(flags)
  if (signing !== undefined) pki.write(`${PKI_DIR}/sa.key`, signing)
  if (verifying !== undefined) pki.write(`${PKI_DIR}/sa.pub`, verifying)
}

/**
 * The serving certificate: that of the flags, or `apiserver.crt` and `.key` in `--cert-dir`, which are made
 * when they are missing. Source: apiserver pkg/server/options/serving.go MaybeDefaultWithSelfSignedCerts.
 */
function certificateOf(
  { pki }: SimCluster,
  flags: ProgramFlags,
  host: string,
): NonNullable<ServeOptions['certificate']> {
  const given = fileOf(flags, 'tls-cert-file')
  const givenKey = fileOf(flags, 'tls-private-key-file')
  if (given !== undefined && givenKey !== undefined) return { certificate: given, key: givenKey }
  const folder = flagOf(flags, 'cert-dir') ?? '/var/run/kubernetes'
  const [path, keyPath] = [join(folder, 'apiserver.crt'), join(folder, 'apiserver.key')]
  if (existsSync(path) && existsSync(keyPath))
    return { certificate: readFileSync(path, 'utf8'), key: readFileSync(keyPath, 'utf8') }
  const made = servingCertificate(pki, { hosts: [host], real: Date.now() })
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, made.certificate + made.authority)
  writePrivateFile(keyPath, made.key)
  return { certificate: made.certificate, key: made.key }
}

const modesIn = ({ access: { authorization = [] } = {} }: ClusterOptions): readonly unknown[] =>
  Array.isArray(authorization) ? authorization : [authorization]

/** Serves a cluster that lives in etcd, as the real program with the same flags. */
async function start(): Promise<() => Promise<void>> {
  const flags = apiserverFlags(process.argv.slice(2), note)
  const port = portOf(flags)
  const host = flagOf(flags, 'bind-address') ?? DEFAULT_HOST
  const clientCA = fileOf(flags, 'client-ca-file')
  const backends = auditBackends(flags, note)
  const options = clusterOptions(flags, process.env, note)
  const durable = await open(flags, options)
  const { cluster } = durable
  useKeys(cluster, flags)
  for (const mode of modesIn(options))
    if (mode instanceof OutsideAuthorizer) mode.attach(OutsideCalls.of(cluster))
  backends.follow(cluster)
  // a cluster from etcd continues when it was last written: its controllers see that time has passed
  cluster.advance(Math.max(0, Date.now() - cluster.now()))
  addNodes(cluster, Number(options.nodes))
  const server = await serve(cluster, {
    port,
    host,
    time: 'clock',
    certificate: certificateOf(cluster, flags, host),
    committed: () => durable.durable(),
    audited: backends.audited,
    ...(clientCA === undefined ? {} : { clientCA }),
  })
  return async () => {
    await server.close()
    await Promise.race([backends.close(), sleep(LAST_WRITES_MS)])
    const isWritten = await Promise.race([durable.close().then(() => true), sleep(LAST_WRITES_MS, false)])
    if (!isWritten) durable.abandon()
  }
}

runProgram(start)
