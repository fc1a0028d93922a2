import { describe, expect, test } from 'vitest'
import { judgeGateFlags, parseGates } from '../../src/api/gate-check.js'

const of = (version: string, ...values: readonly string[]): string => {
  const { fault, warnings } = judgeGateFlags(values, version)
  return fault ?? warnings.map(({ level, text }) => `${level} ${text}`).join('\n')
}

describe('the values of --feature-gates', () => {
  test.each([
    ['v1.35', 'MemoryQoS=true', ''],
    ['v1.35', 'Nothing=true', 'unrecognized feature gate: Nothing'],
    // v1.35 has removed it
    ['v1.35', 'PodIndexLabel=true', 'unrecognized feature gate: PodIndexLabel'],
    [
      'v1.34',
      'PodIndexLabel=false',
      'cannot set feature gate PodIndexLabel to false, feature is locked to true',
    ],
    [
      'v1.34',
      'PodIndexLabel=true',
      'W Setting GA feature gate PodIndexLabel=true. It will be removed in a future release.',
    ],
    [
      'v1.35',
      'KMSv1=true',
      'W Setting deprecated feature gate KMSv1=true. It will be removed in a future release.',
    ],
    [
      'v1.36',
      'KMSv1=true',
      'I "Warning: setting deprecated feature gate. It will be removed in a future release." ' +
        'featureGate="KMSv1" value=true',
    ],
    // a feature that is generally available, and not locked yet
    [
      'v1.14',
      'PodPriority=false',
      'W Setting GA feature gate PodPriority=false. It will be removed in a future release.',
    ],
    [
      'v1.29',
      'CronJobsScheduledAnnotation=true,ServerSideApply=false',
      'Error: invalid argument "CronJobsScheduledAnnotation=true,ServerSideApply=false" for ' +
        '"--feature-gates" flag: cannot set feature gate ServerSideApply to false, feature is locked to true',
    ],
    [
      'v1.35',
      'SidecarContainers=false,JobSuccessPolicy=false',
      '[cannot set feature gate SidecarContainers to false, feature is locked to true, ' +
        'cannot set feature gate JobSuccessPolicy to false, feature is locked to true]',
    ],
    ['v1.34', 'GracefulNodeShutdown=false', ''],
    [
      'v1.35',
      'GracefulNodeShutdown=false',
      '[GracefulNodeShutdownBasedOnPodPriority is enabled, but depends on features that are disabled: ' +
        '[GracefulNodeShutdown], WindowsGracefulNodeShutdown is enabled, but depends on features that are ' +
        'disabled: [GracefulNodeShutdown]]',
    ],
    [
      'v1.35',
      'RestartAllContainersOnContainerExits=true',
      'RestartAllContainersOnContainerExits is enabled, but depends on features that are disabled: ' +
        '[NodeDeclaredFeatures]',
    ],
    ['v1.35', 'RestartAllContainersOnContainerExits=true,NodeDeclaredFeatures=true', ''],
    ['v1.35', 'UserNamespacesHostNetworkSupport=true', ''],
    [
      'v1.36',
      'UserNamespacesHostNetworkSupport=true,NodeDeclaredFeatures=false,AllBeta=true',
      expect.stringContaining('UserNamespacesHostNetworkSupport is enabled, but depends on'),
    ],
    ['v1.35', 'kube:MemoryQoS=true', ''],
    [
      'v1.35',
      'kube:MemoryQoS=true,AllAlpha=false',
      'set kube feature gates with default empty prefix or kube: prefix consistently, do not mix use',
    ],
    ['v1.35', 'other:MemoryQoS=true', 'component not registered: other'],
    ['v1.35', 'MemoryQoS', 'missing bool value for MemoryQoS'],
  ])('of %s: %s', (version, value, expected) => {
    expect(of(version, value)).toEqual(expected)
  })

  test('are read one by one by an old release, and together by a new one', () => {
    const values = ['MemoryQoS=true', 'Nothing=true']
    expect(of('v1.30', ...values)).toBe(
      'Error: invalid argument "Nothing=true" for "--feature-gates" flag: unrecognized feature gate: Nothing',
    )
    expect(of('v1.35', ...values)).toBe('unrecognized feature gate: Nothing')
    expect([...judgeGateFlags(['A=true', 'A=false'], 'v1.35').wanted]).toEqual([['A', false]])
  })
})

test('a gate is on or off in any word that strconv.ParseBool takes', () => {
  expect(parseGates(' A = T ,,B=0')).toEqual(
    new Map([
      ['A', true],
      ['B', false],
    ]),
  )
  expect(parseGates('A=yes')).toBe(
    'invalid value of A=yes, err: strconv.ParseBool: parsing "yes": invalid syntax',
  )
})
