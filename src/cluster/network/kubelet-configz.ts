import { CLUSTER_DOMAIN } from '../../api/core/pods/pod-hostname.js'
import type { KubeletConfiguration } from '../../kubelet/index.js'
import { goDuration } from '../../lang/go/duration.js'
import { DEFAULT_EVICTION_HARD } from '../../kubelet/index.js'

/** What `/configz` of a kubelet depends on. */
export interface ConfigzInput {
  readonly configuration: KubeletConfiguration
  readonly clusterDNS: string
  readonly maxPods: number
}

/**
 * Returns what a kubelet shows at `/configz`: its own settings, and for what it cannot be told the defaults
 * with kubeadm's file. Source: pkg/kubelet/apis/config/v1beta1/defaults.go.
 */
export function configz({ configuration, clusterDNS, maxPods }: ConfigzInput): object {
  const {
    rotateCertificates = true,
    serverTLSBootstrap = false,
    shutdownGracePeriod = 0,
    shutdownGracePeriodCriticalPods = 0,
    shutdownGracePeriodByPodPriority,
    evictionHard = DEFAULT_EVICTION_HARD,
    evictionSoft,
    evictionSoftGracePeriod,
    evictionMaxPodGracePeriod,
    evictionMinimumReclaim,
    evictionPressureTransitionPeriod = 300_000,
    maxContainerRestartPeriod,
  } = configuration
  const softPeriods = Object.entries(evictionSoftGracePeriod ?? {})
  const kubeletconfig = {
    ...DEFAULTS,
    rotateCertificates,
    ...(serverTLSBootstrap ? { serverTLSBootstrap } : {}),
    clusterDomain: CLUSTER_DOMAIN,
    clusterDNS: [clusterDNS],
    maxPods,
    evictionHard,
    ...(evictionSoft && { evictionSoft }),
    ...(softPeriods.length > 0 && {
      evictionSoftGracePeriod: Object.fromEntries(softPeriods.map(([key, ms]) => [key, goDuration(ms)])),
    }),
    evictionPressureTransitionPeriod: goDuration(evictionPressureTransitionPeriod),
    ...(evictionMaxPodGracePeriod !== undefined && { evictionMaxPodGracePeriod }),
    ...(evictionMinimumReclaim && { evictionMinimumReclaim }),
    shutdownGracePeriod: goDuration(shutdownGracePeriod),
    shutdownGracePeriodCriticalPods: goDuration(shutdownGracePeriodCriticalPods),
    ...(shutdownGracePeriodByPodPriority && { shutdownGracePeriodByPodPriority }),
    crashLoopBackOff:
      maxContainerRestartPeriod === undefined
        ? {}
        : { maxContainerRestartPeriod: goDuration(maxContainerRestartPeriod) },
  }
  return { kubeletconfig }
}

const DEFAULTS = {
  enableServer: true,
  staticPodPath: '/etc/kubernetes/manifests',
  podLogsDir: '/var/log/pods',
  syncFrequency: '1m0s',
  fileCheckFrequency: '20s',
  httpCheckFrequency: '20s',
  address: '0.0.0.0',
  port: 10_250,
  authentication: {
    x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
    webhook: { enabled: true, cacheTTL: '2m0s' },
    anonymous: { enabled: false },
  },
  authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' } },
  registryPullQPS: 5,
  registryBurst: 10,
  eventRecordQPS: 50,
  eventBurst: 100,
  enableDebuggingHandlers: true,
  healthzPort: 10_248,
  healthzBindAddress: '127.0.0.1',
  oomScoreAdj: -999,
  nodeStatusUpdateFrequency: '10s',
  nodeStatusReportFrequency: '5m0s',
  nodeLeaseDurationSeconds: 40,
  imageMinimumGCAge: '2m0s',
  imageMaximumGCAge: '0s',
  imageGCHighThresholdPercent: 85,
  imageGCLowThresholdPercent: 80,
  cgroupsPerQOS: true,
  cgroupDriver: 'systemd',
  cpuManagerPolicy: 'none',
  memoryManagerPolicy: 'None',
  topologyManagerPolicy: 'none',
  topologyManagerScope: 'container',
  runtimeRequestTimeout: '2m0s',
  podPidsLimit: -1,
  resolvConf: '/etc/resolv.conf',
  cpuCFSQuota: true,
  cpuCFSQuotaPeriod: '100ms',
  nodeStatusMaxImages: 50,
  contentType: 'application/vnd.kubernetes.protobuf',
  kubeAPIQPS: 50,
  kubeAPIBurst: 100,
  serializeImagePulls: true,
  enableControllerAttachDetach: true,
  failSwapOn: true,
  containerLogMaxSize: '10Mi',
  containerLogMaxFiles: 5,
  configMapAndSecretChangeDetectionStrategy: 'Watch',
  enforceNodeAllocatable: ['pods'],
  seccompDefault: false,
  registerNode: true,
  localStorageCapacityIsolation: true,
  containerRuntimeEndpoint: 'unix:///var/run/containerd/containerd.sock',
} as const
