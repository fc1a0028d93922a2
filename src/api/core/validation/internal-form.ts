/**
 * Kubernetes compares and prints pods in their internal form: Go field names, every field present. The shapes
 * say, for each type, the fields in Go's order as `GoName` (null when absent), `GoName:s` (''), `GoName:b`
 * (false), `GoName:n` (0) or `GoName:shape` (a message, null when absent), `GoName:!shape` (a struct, always
 * there). JSON names are the Go names in camel case, except for those in `jsonNames`.
 */
const shapes: Readonly<Record<string, string>> = {
  PodSpec:
    'Volumes:Volume InitContainers:Container Containers:Container EphemeralContainers:Container ' +
    'RestartPolicy:s ' +
    'TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy:s NodeSelector ' +
    'ServiceAccountName:s AutomountServiceAccountToken ' +
    'NodeName:s SecurityContext:PodSecurityContext ImagePullSecrets:LocalObjectReference Hostname:s ' +
    'Subdomain:s SetHostnameAsFQDN ' +
    'Affinity:Any SchedulerName:s Tolerations:Toleration HostAliases:HostAlias PriorityClassName:s ' +
    'Priority PreemptionPolicy ' +
    'DNSConfig:DNSConfig ReadinessGates:ReadinessGate RuntimeClassName Overhead EnableServiceLinks ' +
    'TopologySpreadConstraints:SpreadConstraint OS:OS SchedulingGates:SchedulingGate ' +
    'ResourceClaims:Any Resources:Resources ' +
    'HostnameOverride',
  Container:
    'Name:s Image:s Command Args WorkingDir:s Ports:Port EnvFrom:EnvFrom Env:Env Resources:!Resources ' +
    'ResizePolicy:ResizePolicy ' +
    'RestartPolicy RestartPolicyRules:Any VolumeMounts:VolumeMount VolumeDevices:VolumeDevice ' +
    'LivenessProbe:Probe ReadinessProbe:Probe ' +
    'StartupProbe:Probe Lifecycle:Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ' +
    'ImagePullPolicy:s ' +
    'SecurityContext:SecurityContext Stdin:b StdinOnce:b TTY:b',
  PodSecurityContext:
    'HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace HostUsers SELinuxOptions:Any ' +
    'WindowsOptions:Any RunAsUser ' +
    'RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy ' +
    'Sysctls:Sysctl ' +
    'SeccompProfile:Seccomp AppArmorProfile:Seccomp SELinuxChangePolicy',
  SecurityContext:
    'Capabilities:Capabilities Privileged SELinuxOptions:Any WindowsOptions:Any RunAsUser RunAsGroup ' +
    'RunAsNonRoot ' +
    'ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile:Seccomp ' +
    'AppArmorProfile:Seccomp',
  Capabilities: 'Add Drop',
  Seccomp: 'Type:s LocalhostProfile',
  Sysctl: 'Name:s Value:s',
  Resources: 'Limits Requests Claims:Any',
  ResizePolicy: 'ResourceName:s RestartPolicy:s',
  Port: 'Name:s HostPort:n ContainerPort:n Protocol:s HostIP:s',
  Env: 'Name:s Value:s ValueFrom:EnvSource',
  EnvSource:
    'FieldRef:FieldRef ResourceFieldRef:ResourceRef ConfigMapKeyRef:KeyRef SecretKeyRef:KeyRef ' +
    'FileKeyRef:Any',
  EnvFrom: 'Prefix:s ConfigMapRef:NameRef SecretRef:NameRef',
  FieldRef: 'APIVersion:s FieldPath:s',
  ResourceRef: 'ContainerName:s Resource:s Divisor:s',
  KeyRef: 'Name:s Key:s Optional',
  NameRef: 'Name:s Optional',
  LocalObjectReference: 'Name:s',
  VolumeMount: 'Name:s ReadOnly:b RecursiveReadOnly MountPath:s SubPath:s MountPropagation SubPathExpr:s',
  VolumeDevice: 'Name:s DevicePath:s',
  Probe:
    'Exec:Exec HTTPGet:HTTPGet TCPSocket:TCPSocket GRPC:GRPC InitialDelaySeconds:n TimeoutSeconds:n ' +
    'PeriodSeconds:n ' +
    'SuccessThreshold:n FailureThreshold:n TerminationGracePeriodSeconds',
  Exec: 'Command',
  HTTPGet: 'Path:s Port Host:s Scheme:s HTTPHeaders:Sysctl',
  TCPSocket: 'Port Host:s',
  GRPC: 'Port:n Service',
  Lifecycle: 'PostStart:Handler PreStop:Handler StopSignal',
  Handler: 'Exec:Exec HTTPGet:HTTPGet TCPSocket:TCPSocket Sleep:Any',
  Volume:
    'Name:s HostPath:HostPath EmptyDir:EmptyDir GCEPersistentDisk:Any AWSElasticBlockStore:Any ' +
    'GitRepo:Any Secret:SecretVolume ' +
    'NFS:NFS ISCSI:Any Glusterfs:Any PersistentVolumeClaim:Claim RBD:Any Quobyte:Any FlexVolume:Any ' +
    'Cinder:Any CephFS:Any Flocker:Any ' +
    'DownwardAPI:Downward FC:Any AzureFile:Any ConfigMap:ConfigMapVolume VsphereVolume:Any ' +
    'AzureDisk:Any PhotonPersistentDisk:Any ' +
    'Projected:Projected PortworxVolume:Any ScaleIO:Any StorageOS:Any CSI:Any Ephemeral:Any Image:Any',
  HostPath: 'Path:s Type',
  EmptyDir: 'Medium:s SizeLimit',
  SecretVolume: 'SecretName:s Items:KeyToPath DefaultMode Optional',
  ConfigMapVolume: 'Name:s Items:KeyToPath DefaultMode Optional',
  KeyToPath: 'Key:s Path:s Mode',
  NFS: 'Server:s Path:s ReadOnly:b',
  Claim: 'ClaimName:s ReadOnly:b',
  Downward: 'Items:DownwardFile DefaultMode',
  DownwardFile: 'Path:s FieldRef:FieldRef ResourceFieldRef:ResourceRef Mode',
  Projected: 'Sources:Projection DefaultMode',
  Projection:
    'Secret:ProjectedNames DownwardAPI:DownwardProjection ConfigMap:ProjectedNames ' +
    'ServiceAccountToken:TokenProjection ' +
    'ClusterTrustBundle:Any PodCertificate:Any',
  ProjectedNames: 'Name:s Items:KeyToPath Optional',
  DownwardProjection: 'Items:DownwardFile',
  TokenProjection: 'Audience:s ExpirationSeconds:n Path:s',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds',
  HostAlias: 'IP:s Hostnames',
  DNSConfig: 'Nameservers Searches Options:DNSOption',
  DNSOption: 'Name:s Value',
  ReadinessGate: 'ConditionType:s',
  SchedulingGate: 'Name:s',
  OS: 'Name:s',
  SpreadConstraint:
    'MaxSkew:n TopologyKey:s WhenUnsatisfiable:s LabelSelector MinDomains NodeAffinityPolicy ' +
    'NodeTaintsPolicy MatchLabelKeys',
  VolumeSource:
    'GCEPersistentDisk:Any AWSElasticBlockStore:Any HostPath:HostPath Glusterfs:Any NFS:NFS RBD:Any ' +
    'Quobyte:Any ISCSI:Any ' +
    'FlexVolume:Any Cinder:Any CephFS:Any FC:Any Flocker:Any AzureFile:Any VsphereVolume:Any ' +
    'AzureDisk:Any PhotonPersistentDisk:Any ' +
    'PortworxVolume:Any ScaleIO:Any Local:LocalVolume StorageOS:Any CSI:CSIVolume',
  LocalVolume: 'Path:s FSType',
  CSIVolume:
    'Driver:s VolumeHandle:s ReadOnly:b FSType:s VolumeAttributes ControllerPublishSecretRef:SecretRef ' +
    'NodeStageSecretRef:SecretRef NodePublishSecretRef:SecretRef ControllerExpandSecretRef:SecretRef ' +
    'NodeExpandSecretRef:SecretRef',
  SecretRef: 'Name:s Namespace:s',
  ClaimSpec:
    'AccessModes Selector Resources:!ClaimResources VolumeName:s StorageClassName VolumeMode ' +
    'DataSource:DataSource ' +
    'DataSourceRef:DataSourceRef VolumeAttributesClassName',
  ClaimResources: 'Limits Requests',
  DataSource: 'APIGroup Kind:s Name:s',
  DataSourceRef: 'APIGroup Kind:s Name:s Namespace',
  Any: '',
}

type Values = Readonly<Record<string, unknown>>

/** `HTTPGet` -> `httpGet`, `SELinuxOptions` -> `seLinuxOptions`, `DNSPolicy` -> `dnsPolicy`. */
function jsonName(goName: string): string {
  const special: Readonly<Record<string, string>> = {
    TTY: 'tty',
    OS: 'os',
    IP: 'ip',
    NFS: 'nfs',
    ISCSI: 'iscsi',
    RBD: 'rbd',
    FC: 'fc',
    CSI: 'csi',
    GRPC: 'grpc',
    HostPID: 'hostPID',
    HTTPHeaders: 'httpHeaders',
    HTTPGet: 'httpGet',
    TCPSocket: 'tcpSocket',
    FSGroup: 'fsGroup',
    FSGroupChangePolicy: 'fsGroupChangePolicy',
    SELinuxOptions: 'seLinuxOptions',
    SELinuxChangePolicy: 'seLinuxChangePolicy',
    DNSPolicy: 'dnsPolicy',
    DNSConfig: 'dnsConfig',
    APIVersion: 'apiVersion',
    CephFS: 'cephfs',
    StorageOS: 'storageos',
    GCEPersistentDisk: 'gcePersistentDisk',
    AWSElasticBlockStore: 'awsElasticBlockStore',
    FSType: 'fsType',
    APIGroup: 'apiGroup',
  }
  return special[goName] ?? goName.charAt(0).toLowerCase() + goName.slice(1)
}

const zeros: Readonly<Record<string, unknown>> = { s: '', b: false, n: 0 }

/**
 * Returns the value in internal form. Values without a shape (`Any`) have the API's own fields, capitalized.
 */
export function internalForm(shape: string, value: Values): Values {
  if (shape === 'Any') return capitalized(value)
  const out: Record<string, unknown> = {}
  for (const part of (shapes[shape] ?? '').split(' ')) {
    const [goName = '', type = ''] = part.split(':')
    out[goName] = fieldForm(type, value[jsonName(goName)])
  }
  return out
}

function fieldForm(type: string, value: unknown): unknown {
  const isStruct = type.startsWith('!')
  const shape = isStruct ? type.slice(1) : type
  if (value === undefined || value === null) return isStruct ? internalForm(shape, {}) : (zeros[type] ?? null)
  if (!Object.hasOwn(shapes, shape)) return value
  return Array.isArray(value)
    ? value.map((item: unknown) => internalForm(shape, item as Values))
    : internalForm(shape, value as Values)
}

function capitalized(value: Values): Values {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.charAt(0).toUpperCase() + key.slice(1), member]),
  )
}
