import { expect, test } from 'vitest'
import { configz } from '../../../src/cluster/network/kubelet-configz.js'

test('a kubelet shows its own settings at /configz, with durations as Go writes them', () => {
  const configuration = {
    rotateCertificates: false,
    serverTLSBootstrap: true,
    shutdownGracePeriod: 90_000,
    evictionHard: { 'memory.available': '1Gi' },
    evictionSoft: { 'memory.available': '2Gi' },
    evictionSoftGracePeriod: { 'memory.available': 30_000 },
  }
  expect(
    configz({
      configuration: { ...configuration, maxContainerRestartPeriod: 10_000 },
      clusterDNS: '10.0.0.10',
      maxPods: 7,
    }),
  ).toMatchObject({
    kubeletconfig: {
      ...configuration,
      shutdownGracePeriod: '1m30s',
      shutdownGracePeriodCriticalPods: '0s',
      evictionSoftGracePeriod: { 'memory.available': '30s' },
      crashLoopBackOff: { maxContainerRestartPeriod: '10s' },
      clusterDNS: ['10.0.0.10'],
      maxPods: 7,
    },
  })
})
