import { partial } from '../../support/typed.js'
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/core/generated.js'
import { capabilityMask } from '../../../src/kubelet/security-context/capabilities.js'
import { effectiveSecurity } from '../../../src/kubelet/security-context/effective.js'
import type { EffectiveSecurity, SecurityOptions } from '../../../src/kubelet/security-context/effective.js'

const podOf = (
  securityContext: object,
  own: object = {},
  annotations: Readonly<Record<string, string>> = {},
): Pod =>
  partial<Pod>({
    metadata: { name: 'p', namespace: 'default', uid: 'u', annotations },
    spec: { securityContext, containers: [{ name: 'c', image: 'i', securityContext: own }] },
    status: {},
  })

function of(
  securityContext: object,
  own: object = {},
  image: object = {},
  { annotations, ...options }: SecurityOptions & { annotations?: Readonly<Record<string, string>> } = {},
): EffectiveSecurity {
  const [found] = effectiveSecurity(podOf(securityContext, own, annotations), {
    imageOf: () => image,
    ...options,
  })
  return found as EffectiveSecurity
}

const NGINX = {
  user: 'nginx',
  files: {
    '/etc/passwd': 'root:x:0:0::/:/bin/sh\nnginx:x:101:102::/:/bin/sh\n',
    '/etc/group': 'root:x:0:\nweb:x:50:nginx,x\nnginx:x:102:\n',
  },
}

/** pod, container, image; then uid, gid and groups, each with where it comes from. */
const IDENTITIES: readonly (readonly [string, object, object, object, string, string, string])[] = [
  [
    'all of the documentation',
    { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] },
    {},
    {},
    '1000 pod',
    '3000 pod',
    '2000,3000,4000',
  ],
  [
    'no runAsGroup',
    { runAsUser: 1000, fsGroup: 2000, supplementalGroups: [4000] },
    {},
    {},
    '1000 pod',
    '0 runtime',
    '0,2000,4000',
  ],
  [
    'the container over the pod',
    { runAsUser: 1000, runAsGroup: 3000 },
    { runAsUser: 2000 },
    {},
    '2000 container',
    '3000 pod',
    '3000',
  ],
  ['nothing', {}, {}, {}, '0 image', '0 image', '0'],
  ['an image with numbers', {}, {}, { user: '1000:1001' }, '1000 image', '1001 image', '1001'],
  [
    'runAsUser takes the image its group away',
    { runAsUser: 5 },
    {},
    { user: '1000:1001' },
    '5 pod',
    '0 runtime',
    '0',
  ],
  ['an image with a name, its group and its memberships', {}, {}, NGINX, '101 image', '102 image', '50,102'],
  [
    'Strict leaves memberships out',
    { supplementalGroupsPolicy: 'Strict', fsGroup: 7 },
    {},
    NGINX,
    '101 image',
    '102 image',
    '7,102',
  ],
  [
    'runAsUser that the image knows',
    { runAsUser: 101 },
    {},
    { ...NGINX, user: '' },
    '101 pod',
    '102 image',
    '50,102',
  ],
  ['runAsGroup alone', { runAsGroup: 9 }, {}, NGINX, '101 image', '9 pod', '9,50'],
]

describe('who a container runs as', () => {
  test.each(IDENTITIES)('%s', (_name, pod, own, image, uid, gid, groups) => {
    const found = of(pod, own, image)
    expect([
      `${found.uid.value} ${found.uid.from}`,
      `${found.gid.value} ${found.gid.from}`,
      found.groups.map(({ value }) => value).join(),
    ]).toEqual([uid, gid, groups])
  })

  test('kubelets before v1.14 do not heed runAsGroup', () => {
    const old = of({ runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 }, { runAsGroup: 1 }, {}, { minor: 13 })
    expect([old.gid.value, old.groups.map(({ value }) => value)]).toEqual([0, [0, 2000]])
  })
})

describe('what it may do', () => {
  /** Masks as `grep Cap /proc/1/status` shows them in the documentation. */
  const MASKS: readonly (readonly [object, string, string])[] = [
    [{}, '00000000a80425fb', '00000000a80425fb'],
    [{ capabilities: { add: ['NET_ADMIN', 'SYS_TIME'] } }, '00000000aa0435fb', '00000000aa0435fb'],
    [{ capabilities: { drop: ['ALL'] } }, '0000000000000000', '0000000000000000'],
    [{ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }, '0000000000000400', '0000000000000400'],
    [{ capabilities: { add: ['ALL'], drop: ['net_raw'] } }, '000001ffffffdfff', '000001ffffffdfff'],
    [{ privileged: true }, '000001ffffffffff', '000001ffffffffff'],
    [{ runAsUser: 1000 }, '0000000000000000', '00000000a80425fb'],
    [{ runAsUser: 1000, capabilities: { add: ['NET_ADMIN'] } }, '0000000000000000', '00000000a80435fb'],
  ]
  test.each(MASKS)('%j', (own, effective, bounding) => {
    const { value } = of({}, own).capabilities
    expect([capabilityMask(value.effective), capabilityMask(value.bounding)]).toEqual([effective, bounding])
  })

  test('every setting, by the first who sets it', () => {
    const told = ({
      noNewPrivileges,
      privileged,
      readOnlyRootFilesystem,
      seccomp,
      appArmor,
      seLinux,
      procMount,
    }: EffectiveSecurity): readonly unknown[] => [
      ...[noNewPrivileges, privileged, readOnlyRootFilesystem].map(({ value }) => value),
      ...[seccomp, appArmor].map(({ value, from }) => `${value.type} ${from}`),
      seLinux.value?.type,
      procMount.value,
    ]
    expect(told(of({}))).toEqual([
      false,
      false,
      false,
      'Unconfined runtime',
      'RuntimeDefault runtime',
      undefined,
      'Default',
    ])
    expect(told(of({}, { allowPrivilegeEscalation: true }))[0]).toBe(false)
    expect(
      told(
        of(
          {
            seccompProfile: { type: 'RuntimeDefault' },
            appArmorProfile: { type: 'Unconfined' },
            seLinuxOptions: { type: 'a', level: 'l' },
          },
          {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            seccompProfile: { type: 'Unconfined' },
            seLinuxOptions: { type: 'b' },
            procMount: 'Unmasked',
          },
        ),
      ),
    ).toEqual([true, false, true, 'Unconfined container', 'Unconfined pod', 'b', 'Unmasked'])
    expect(
      told(of({ seccompProfile: { type: 'RuntimeDefault' } }, { privileged: true })).slice(1, 5),
    ).toEqual([true, false, 'Unconfined container', 'Unconfined container'])
    expect(of({}, {}, {}, { seccompDefault: true }).seccomp).toMatchObject({
      value: { type: 'RuntimeDefault' },
      rule: 'seccompDefault of the kubelet is true',
    })
    const annotations = {
      'container.apparmor.security.beta.kubernetes.io/c': 'localhost/x',
      'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    }
    expect(of({}, {}, {}, { annotations }).appArmor.value).toEqual({
      type: 'Localhost',
      localhostProfile: 'x',
    })
    expect(
      [of({}, {}, {}, { annotations, minor: 26 }), of({}, {}, {}, { annotations })].map(
        ({ seccomp }) => seccomp.value.type,
      ),
    ).toEqual(['RuntimeDefault', 'Unconfined'])
  })

  test('runAsNonRoot: what the kubelet refuses, and why', () => {
    const where = '(pod: "p_default(u)", container: c)'
    const non = { runAsNonRoot: true }
    expect(of(non, { runAsUser: 0 }).fault).toBe(`container's runAsUser breaks non-root policy ${where}`)
    expect(of(non).fault).toBe(`container has runAsNonRoot and image will run as root ${where}`)
    expect(of(non, {}, NGINX).fault).toBe(
      'container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is ' +
        `non-root ${where}`,
    )
    expect(
      [
        of(non, { runAsNonRoot: false }),
        of(non, {}, { user: '7:0' }),
        of(non, {}, { isKnown: false }),
        of({ ...non, runAsUser: 3 }),
      ].map(({ fault }) => fault),
    ).toEqual([undefined, undefined, undefined, undefined])
  })
})
