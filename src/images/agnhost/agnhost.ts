import { quote } from '../../lang/go/quote.js'
import type { ImageDefinition, Invocation, Program } from '../../kubelet/index.js'
import { withDistribution } from '../distribution-programs.js'
import { auditProxy, fakeGitServer, fakeRegistryServer, tcpReset } from './fake-servers.js'
import { mounttest } from './files.js'
import { guestbook } from './guestbook.js'
import { issuerDiscovery } from './issuer-discovery.js'
import { mtlsClient, mtlsServer } from './mutual-tls.js'
import { netexec } from './netexec.js'
import { nettest } from './nettest.js'
import { noSnatTest, noSnatTestProxy } from './no-snat.js'
import { podCertificateSigner } from './pod-certificate-signer.js'
import { portForwardTester } from './port-forward-tester.js'
import { resourceConsumerController } from './resource-consumer-controller.js'
import { grpcHealthChecking, liveness, porter, serveHostname, testWebserver } from './servers.js'
import { stress } from './stress.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { GO_STOPPED, parseFlags } from './subcommand.js'
import {
  connect,
  dnsServerList,
  dnsSuffix,
  entrypointTester,
  etcHosts,
  inclusterclient,
  logsGenerator,
  pause,
} from './tools.js'
import { crdConversionWebhook, webhook } from './webhook.js'

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  'audit-proxy': auditProxy,
  connect,
  'crd-conversion-webhook': crdConversionWebhook,
  'dns-server-list': dnsServerList,
  'dns-suffix': dnsSuffix,
  'entrypoint-tester': entrypointTester,
  'etc-hosts': etcHosts,
  'fake-gitserver': fakeGitServer,
  'fake-registry-server': fakeRegistryServer,
  'grpc-health-checking': grpcHealthChecking,
  guestbook,
  inclusterclient,
  liveness,
  'logs-generator': logsGenerator,
  mounttest,
  mtlsclient: mtlsClient,
  mtlsserver: mtlsServer,
  netexec,
  nettest,
  'no-snat-test': noSnatTest,
  'no-snat-test-proxy': noSnatTestProxy,
  pause,
  podcertificatesigner: podCertificateSigner,
  'port-forward-tester': portForwardTester,
  porter,
  'resource-consumer-controller': resourceConsumerController,
  'serve-hostname': serveHostname,
  stress,
  'tcp-reset': tcpReset,
  'test-service-account-issuer-discovery': issuerDiscovery,
  'test-webserver': testWebserver,
  webhook,
}

const VERSION = '2.59'

/** Returns the subcommand and its call, or the exit code of a wrong one. */
function resolve(call: Invocation): readonly [Subcommand, SubcommandCall] | number {
  const [name = '', ...args] = call.args
  if (name === '' || name === '--help' || name === 'help') {
    call.write(`Usage:\n  app [command]\n\nAvailable Commands:\n  ${Object.keys(SUBCOMMANDS).join('\n  ')}\n`)
    return 0
  }
  if (name === '--version') {
    call.write(`agnhost version ${VERSION}\n`)
    return 0
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined
  if (subcommand === undefined) {
    call.error(`Error: unknown command ${quote(name)} for "app"\nRun 'app --help' for usage.\n`)
    return 1
  }
  // the tester prints its arguments, so they are no flags
  const parsed =
    subcommand === entrypointTester ? { flags: {}, rest: args } : parseFlags(args, subcommand.flags ?? {})
  if (typeof parsed === 'string') {
    call.error(`Error: ${parsed}\n`)
    return 1
  }
  return [subcommand, { ...call, args, ...parsed }]
}

const PROGRAM: Program = {
  name: 'agnhost',
  run(call) {
    const resolved = resolve(call)
    return typeof resolved === 'number' ? resolved : resolved[0].run(resolved[1])
  },
  serve(call, request) {
    const resolved = resolve(call)
    return typeof resolved === 'number' ? {} : (resolved[0].serve?.(resolved[1], request) ?? {})
  },
  stop(call) {
    const resolved = resolve(call)
    if (typeof resolved === 'number') return resolved
    const [subcommand, own] = resolved
    return subcommand.stop?.(own) ?? GO_STOPPED
  },
}

/** A certificate for 127.0.0.1, ::1 and example.com, valid from 1970 to 2084. Nothing here needs its key. */
const LOCALHOST = `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUWPuHXiuyquNa5H7IZmhNPtpL7z0wCgYIKoZIzj0EAwIw
EjEQMA4GA1UECgwHQWNtZSBDbzAgFw03MDAxMDEwMDAwMDBaGA8yMDg0MDEyOTE2
MDAwMFowEjEQMA4GA1UECgwHQWNtZSBDbzBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABDrWKR2rdQsVKhLkn+J8vl1O5iaJasRsKJRfcPkFUvtBQJGt1F6yiY5BHFRi
BQJ0wpT2eDVBrtETcCsohAKC+CCjgYQwgYEwHQYDVR0OBBYEFLE+SqDtvSdGybDc
ipZqXn7BPxQaMB8GA1UdIwQYMBaAFLE+SqDtvSdGybDcipZqXn7BPxQaMA8GA1Ud
EwEB/wQFMAMBAf8wLgYDVR0RBCcwJYcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAAYIL
ZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIgZCy5LuishTaH/Av8uYeBOlaF
DmSWII4YOg8B95xBWJICIQCOowUYV4zyAJLxUcbswVnS70V+pTEHep1EYpz7ZmH3
WA==
-----END CERTIFICATE-----
`

/** A user of the image with a group, for tests of the policies of supplemental groups. */
const PASSWD = `root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
default-user:x:1000:1000::/home/default-user:/bin/sh
`
const GROUP = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
nobody:x:65534:
default-user:x:1000:
group-defined-in-image:x:50000:default-user
`

/**
 * The image of Kubernetes' end-to-end tests and many examples, with its subcommands. Source:
 * test/images/agnhost.
 */
export const AGNHOST: Omit<ImageDefinition, 'name'> = {
  user: '',
  entrypoint: ['/agnhost'],
  cmd: ['pause'],
  ports: [],
  // alpine's programs, and those that its Dockerfile adds
  programs: withDistribution('bash bind-tools curl iperf socat'),
  closed: true,
  files: {
    '/etc/passwd': PASSWD,
    '/etc/group': GROUP,
    '/uploads/.keep': '',
    '/localhost.crt': LOCALHOST,
    '/localhost.key': '',
  },
  commands: { '/agnhost': PROGRAM, '/agnhost-2': PROGRAM, agnhost: PROGRAM },
}
