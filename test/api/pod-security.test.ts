import { describe, expect, it, test } from 'vitest'
import type { Container, Pod, PodSpec } from '../../src/api/core/generated.js'
import type { ContainerInput } from '../../src/api/core/inputs.js'
import { evaluatePodSecurity, findingsText } from '../../src/api/pod-security/evaluate.js'
import {
  podSecurityLabelFaults,
  podSecurityPolicy,
  type PodSecurityLevel,
} from '../../src/api/pod-security/policy.js'
import { SimCluster } from 'simcluster'

type Parts = Partial<PodSpec> & { readonly annotations?: Readonly<Record<string, string>> }

/** A pod that restricted allows, with parts replaced. */
function pod(
  parts: Parts,
  container: Partial<ContainerInput> | readonly Partial<ContainerInput>[] = {},
): Pod {
  const { annotations, ...spec } = parts
  const safe = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  }
  const all = [container].flat()
  const containers = all.map((one, at) => ({
    name: all.length === 1 ? 'c' : String.fromCharCode(97 + at),
    image: 'i',
    ...one,
    securityContext: { ...safe, ...one.securityContext },
  }))
  return {
    metadata: { name: 'p', ...(annotations === undefined ? {} : { annotations }) },
    spec: { containers, ...spec },
  } as Pod
}

function textOf(object: Pod, level: PodSecurityLevel, minor: number = Infinity): string {
  return findingsText(evaluatePodSecurity(object, { level, minor }))
}

const bad = (securityContext: object): Partial<Container> => ({ securityContext }) as Partial<Container>

/** Level, reason and detail of each check, as the standard's own texts have them. */
const cases: readonly (readonly [level: 'baseline' | 'restricted', object: Pod, text: string])[] = [
  [
    'baseline',
    pod({ hostNetwork: true, hostPID: true, hostIPC: true }),
    'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
  ],
  [
    'baseline',
    pod({}, bad({ privileged: true })),
    'privileged (container "c" must not set securityContext.privileged=true)',
  ],
  [
    'baseline',
    pod({}, bad({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'CHOWN'] } })),
    'non-default capabilities (container "c" must not include "NET_ADMIN" in ' +
      'securityContext.capabilities.add)',
  ],
  ['baseline', pod({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }), 'hostPath volumes (volume "v")'],
  [
    'baseline',
    pod({
      volumes: [
        { name: 'a', hostPath: { path: '/' } },
        { name: 'b', hostPath: { path: '/' } },
      ],
    }),
    'hostPath volumes (volumes "a", "b")',
  ],
  [
    'baseline',
    pod({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
    'hostPort (container "c" uses hostPort 80)',
  ],
  [
    'baseline',
    pod({}, [
      {},
      { ports: [{ containerPort: 1, hostPort: 10 }] },
      {
        ports: [
          { containerPort: 1, hostPort: 20 },
          { containerPort: 2, hostPort: 30 },
        ],
      },
    ]),
    'hostPort (containers "b", "c" use hostPorts 10, 20, 30)',
  ],
  [
    'baseline',
    pod({}, { livenessProbe: { httpGet: { port: 1, host: '8.8.8.8' } } }),
    'probe or lifecycle host (container "c" uses probe or lifecycle host "8.8.8.8")',
  ],
  [
    'baseline',
    pod({}, bad({ appArmorProfile: { type: 'Unconfined' } })),
    'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
  ],
  [
    'baseline',
    pod({ annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' } }),
    'forbidden AppArmor profile (annotation must not set AppArmor profile type to ' +
      '"container.apparmor.security.beta.kubernetes.io/c="unconfined"")',
  ],
  [
    'baseline',
    pod({ securityContext: { seLinuxOptions: { type: 'bad', user: 'u', role: 'r' } } }),
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "bad"; user may not be ' +
      'set; role may not be set)',
  ],
  [
    'baseline',
    pod({}, bad({ procMount: 'Unmasked' })),
    'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
  ],
  [
    'baseline',
    pod({}, bad({ seccompProfile: { type: 'Unconfined' } })),
    'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'baseline',
    pod({
      securityContext: {
        sysctls: [
          { name: 'a', value: '1' },
          { name: 'b', value: '1' },
          { name: 'net.ipv4.tcp_rmem', value: '1' },
        ],
      },
    }),
    'forbidden sysctls (a, b)',
  ],
  [
    'baseline',
    pod(
      { securityContext: { windowsOptions: { hostProcess: true } } },
      bad({ windowsOptions: { hostProcess: true } }),
    ),
    'hostProcess (pod and container "c" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [
    'restricted',
    pod({}, bad({ allowPrivilegeEscalation: undefined })),
    'allowPrivilegeEscalation != false (container "c" must set ' +
      'securityContext.allowPrivilegeEscalation=false)',
  ],
  [
    'restricted',
    pod({}, bad({ capabilities: { add: ['CHOWN', 'NET_BIND_SERVICE'] } })),
    'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; ' +
      'container "c" must not include "CHOWN" in securityContext.capabilities.add)',
  ],
  [
    'restricted',
    pod({
      volumes: [
        { name: 'a', hostPath: { path: '/' } },
        { name: 'b', nfs: { path: '/', server: 's' } },
        { name: 'c', emptyDir: {} },
      ],
    }),
    'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
  ],
  [
    'restricted',
    pod({}, bad({ runAsNonRoot: undefined })),
    'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
  ],
  [
    'restricted',
    pod({ securityContext: { runAsNonRoot: true } }, bad({ runAsNonRoot: false })),
    'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
  ],
  ['restricted', pod({ securityContext: { runAsUser: 0 } }), 'runAsUser=0 (pod must not set runAsUser=0)'],
  [
    'restricted',
    pod({}, bad({ seccompProfile: undefined })),
    'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to ' +
      '"RuntimeDefault" or "Localhost")',
  ],
]

describe('each check of the Pod Security Standards', () => {
  it.each(cases)('%s: %#', (level, object, text) => {
    expect(textOf(object, level)).toBe(text)
    expect(textOf(object, 'privileged')).toBe('')
    if (level === 'restricted' && !text.includes('hostPath')) expect(textOf(object, 'baseline')).toBe('')
  })
})

test('a pod that says what restricted wants is allowed, and rules begin with their minors', () => {
  expect(textOf(pod({}), 'restricted')).toBe('')
  const probing = pod({}, { livenessProbe: { httpGet: { port: 1, host: 'localhost' } } })
  expect([textOf(probing, 'baseline', 33), textOf(probing, 'baseline', 34)]).toEqual([
    '',
    expect.stringContaining('localhost'),
  ])
  const own = pod({ hostUsers: false }, bad({ runAsNonRoot: false, procMount: 'Unmasked' }))
  expect([
    textOf(own, 'baseline', 34) !== '',
    textOf(own, 'baseline', 35),
    textOf(own, 'restricted', 35).includes('runAsNonRoot'),
  ]).toEqual([true, '', false])
})

test('restricted grew with the minors', () => {
  const lax = pod(
    { securityContext: { runAsUser: 0 } },
    bad({ capabilities: {}, seccompProfile: undefined, allowPrivilegeEscalation: undefined }),
  )
  const reasons = (minor: number): string[] =>
    evaluatePodSecurity(lax, { level: 'restricted', minor }).map(({ reason }) => reason)
  expect(reasons(7)).toEqual([])
  expect(reasons(8)).toEqual(['allowPrivilegeEscalation != false'])
  expect(reasons(19)).toEqual(['allowPrivilegeEscalation != false', 'seccompProfile'])
  expect(reasons(22)).toEqual([
    'allowPrivilegeEscalation != false',
    'unrestricted capabilities',
    'seccompProfile',
  ])
  expect(reasons(23)).toContain('runAsUser=0')
  const annotated = pod({ annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } })
  expect([textOf(annotated, 'baseline', 18), textOf(annotated, 'baseline', 19)]).toEqual([
    'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
    '',
  ])
})

test('a server knows no rules newer than itself', () => {
  const create = (version: string): void => {
    const cluster = new SimCluster({ nodes: 0, version })
    cluster.kubectl('label namespace default pod-security.kubernetes.io/enforce=restricted')
    cluster.create('pods', pod({ hostUsers: false, securityContext: { runAsUser: 0 } }))
  }
  expect(() => create('v1.34')).toThrow('"restricted:latest": runAsUser=0 (pod must not set runAsUser=0)')
  expect(() => create('v1.35')).not.toThrow()
})

test('labels that cannot be read are faults, and enforce then means restricted', () => {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'x',
    'pod-security.kubernetes.io/warn-version': 'v2',
  }
  expect(podSecurityLabelFaults(labels).map(({ body, field }) => `${field}: ${body}`)).toEqual([
    'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "x": must be one of ' +
      'privileged, baseline, restricted',
    'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "v2": must be "latest" ' +
      'or "v1.x"',
  ])
  expect(podSecurityPolicy(labels).enforce).toEqual({ level: 'restricted', minor: Infinity })
})

test('a ReplicaSet that may not make its pods says so in an event', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('label namespace default pod-security.kubernetes.io/enforce=restricted')
  cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: { containers: [{ name: 'nginx', image: 'nginx' }] },
      },
    },
  })
  cluster.settle()
  const failed = cluster
    .list('events', { namespace: 'default' })
    .items.find(({ reason }) => reason === 'FailedCreate')
  expect(failed?.message).toMatch(
    /is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(container "nginx" must set/,
  )
})
