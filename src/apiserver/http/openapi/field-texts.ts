import { DEVICE_TEXT } from './device-texts.js'
import { GROUP_TEXT } from './group-texts.js'
import { OLDER_TEXT } from './older-texts.js'

/**
 * What fields mean, in our own words: one line a field, below the name of its type. Fields below `*` mean the
 * same in every type; an indented line continues the one before.
 */
const TEXT = `
*
allocatedResources: Resources that are set aside now.
volumeMounts: Volumes that are mounted, and how.
resize: State of a change of resources, as before v1.33.
awsElasticBlockStore: Disk of AWS; served by its CSI driver.
azureDisk: Disk of Azure; served by its CSI driver.
azureFile: Share of Azure; served by its CSI driver.
cephfs: Directory of CephFS; no longer served.
cinder: Disk of OpenStack; served by its CSI driver.
fc: Disk of a Fibre Channel network.
flexVolume: Volume of a program on the node; use CSI instead.
flocker: Dataset of Flocker; no longer served.
gcePersistentDisk: Disk of Google Cloud; served by its CSI driver.
gitRepo: Content of a git repository; no longer served.
glusterfs: Volume of GlusterFS; no longer served.
iscsi: Disk of an iSCSI target.
photonPersistentDisk: Disk of Photon; no longer served.
portworxVolume: Volume of Portworx; served by its CSI driver.
quobyte: Volume of Quobyte; no longer served.
rbd: Block device of Ceph; no longer served.
scaleIO: Volume of ScaleIO; no longer served.
storageos: Volume of StorageOS; no longer served.
vsphereVolume: Disk of vSphere; served by its CSI driver.
terminatingReplicas: Number of pods that are ending.
allocatedResourcesStatus: Health of the devices of the container.
stopSignal: Signal that ends the container.
currentVolumeAttributesClassName: Class of attributes that the volume has now.
modifyVolumeStatus: How far the change of its attributes is.
volumeAttributesClassName: Class of attributes that the volume should have.
allocatedResourceStatuses: How far each change of size is.
resourceClaimStatuses: Claims that were made for the pod.
extendedResourceClaimStatus: Claim that was made for extended resources.
reportingInstance: Which instance of the controller reports it, such as its pod.
series: Count and last time, if the event goes on.
related: Another object that the event is about.
regarding: The object that the event is about.
note: Explanation for people.
reportingController: Name of the controller that reports it.
deprecatedCount: How often it has happened, as in core/v1.
deprecatedFirstTimestamp: Time of the first occurrence, as in core/v1.
deprecatedLastTimestamp: Time of the last occurrence, as in core/v1.
deprecatedSource: Component that reports it, as in core/v1.
availableReplicas: Number of pods that have been ready for at least minReadySeconds.
collisionCount: Counter that keeps the names of created objects apart when their hashes collide.
fsType: File system of the volume, such as ext4.
labelSelector: Labels that the selected objects have.
lastHeartbeatTime: Time of the last report, whether or not something changed.
lastProbeTime: Time of the last check.
lastTransitionTime: Time at which the status of the condition last changed.
lastUpdateTime: Time of the last update of the condition.
matchExpressions: Requirements on labels; all of them must hold.
minReadySeconds: How long a new pod must be ready, without a crash, to count as available. Default: 0.
mountOptions: Options of mount, such as ro or soft.
namespaceSelector: Labels of the namespaces that are selected.
observedGeneration: The metadata.generation that the status is about.
readyReplicas: Number of pods that are ready.
revisionHistoryLimit: How many old revisions are kept for a rollback. Default: 10.
secretRef: Secret with the credentials of the storage.
storageClassName: Name of the StorageClass.
PodSpec
activeDeadlineSeconds: How many seconds after its start the pod is failed and its containers are stopped.
automountServiceAccountToken: Whether a token of the service account is mounted. Default: true.
dnsConfig: DNS settings that are added to those of dnsPolicy.
dnsPolicy: Where names are resolved: ClusterFirst (the default), ClusterFirstWithHostNet, Default (as on
  the node) or None.
enableServiceLinks: Whether there are environment variables for each Service of the namespace. Default:
  true.
ephemeralContainers: Containers that were added for debugging; they cannot be removed or restarted.
hostAliases: Lines that are added to /etc/hosts.
hostIPC: Whether the pod uses the node's IPC namespace. Default: false.
hostNetwork: Whether the pod uses the node's network and its address. Default: false.
hostPID: Whether the pod sees the node's processes. Default: false.
hostUsers: Whether the pod shares the node's user namespace. Default: true.
hostname: Hostname of the pod. Default: its name.
hostnameOverride: Hostname that is used whatever hostname and subdomain say.
imagePullSecrets: Secrets of the same namespace with credentials for the registries of the images.
os: Operating system of the containers.
overhead: Resources that the pod needs besides those of its containers; its RuntimeClass decides.
preemptionPolicy: Whether the pod may displace pods of lower priority: PreemptLowerPriority (the default)
  or Never.
priority: Number of the pod's priority, from its PriorityClass; higher is more important.
readinessGates: Conditions that must be True, besides its containers' readiness, for the pod to be ready.
resourceClaims: Claims for devices, which containers refer to by name.
resources: Requests and limits of the pod as a whole.
runtimeClassName: RuntimeClass that the containers run with. Default: the node's own runtime.
schedulingGates: What must be removed before the pod is scheduled.
securityContext: Users, groups and other security settings of all containers.
serviceAccount: Old name of serviceAccountName.
setHostnameAsFQDN: Whether the hostname is the full domain name. Default: false.
shareProcessNamespace: Whether the containers see each other's processes. Default: false.
subdomain: Makes the domain name HOSTNAME.SUBDOMAIN.NAMESPACE.svc, of a headless Service of that name.
Affinity
nodeAffinity: Which nodes the pod needs or prefers.
podAffinity: Which pods this pod wants to be near.
podAntiAffinity: Which pods this pod wants to be away from.
NodeAffinity
preferredDuringSchedulingIgnoredDuringExecution: Nodes that are preferred, with weights.
requiredDuringSchedulingIgnoredDuringExecution: What a node must fulfil when the pod is placed. Later
  changes do not move the pod.
PreferredSchedulingTerm
preference: What the preferred nodes fulfil.
weight: Weight of the preference, 1 to 100.
NodeSelectorTerm
matchExpressions: Requirements on the node's labels; all of them must hold.
matchFields: Requirements on the node's fields, such as metadata.name.
NodeSelectorRequirement
key: Name of the label.
operator: In, NotIn, Exists, DoesNotExist, Gt or Lt.
values: Values that the operator compares with; empty for Exists and DoesNotExist.
NodeSelector
nodeSelectorTerms: Terms of which one must hold.
PodAffinity
preferredDuringSchedulingIgnoredDuringExecution: Pods to be near if possible, with weights.
requiredDuringSchedulingIgnoredDuringExecution: Pods to be near; otherwise the pod is not placed.
PodAntiAffinity
preferredDuringSchedulingIgnoredDuringExecution: Pods to be away from if possible, with weights.
requiredDuringSchedulingIgnoredDuringExecution: Pods to be away from; otherwise the pod is not placed.
WeightedPodAffinityTerm
podAffinityTerm: The pods that are meant, and what counts as near.
weight: Weight of the preference, 1 to 100.
PodAffinityTerm
labelSelector: Labels of the pods that are meant.
matchLabelKeys: Labels whose values must be those of the new pod.
mismatchLabelKeys: Labels whose values must differ from those of the new pod.
namespaceSelector: Labels of the namespaces of those pods. An empty selector means all.
namespaces: Namespaces of those pods. Default: that of the new pod.
topologyKey: Label of nodes; nodes with an equal value are one place.
LabelSelectorRequirement
key: Name of the label.
operator: In, NotIn, Exists or DoesNotExist.
values: Values that the operator compares with; empty for Exists and DoesNotExist.
Container
resizePolicy: Whether a change of a resource restarts the container.
restartPolicy: Restart policy of this container; Always makes an init container a sidecar.
restartPolicyRules: Rules that decide by the exit code whether the container is restarted.
stdin: Whether standard input stays open. Default: false.
stdinOnce: Whether standard input is closed after the first client. Default: false.
terminationMessagePath: File whose content becomes the message of the ended container. Default:
  /dev/termination-log.
terminationMessagePolicy: File (the default), or FallbackToLogsOnError, which takes the end of the log if
  the file is empty.
tty: Whether the container has a terminal. Default: false.
volumeDevices: Volumes that the container gets as block devices.
EphemeralContainer = Container
targetContainerName: Container whose process namespace is shared.
args: Arguments of the entrypoint. Default: the image's CMD.
command: Entrypoint, run without a shell. Default: the image's ENTRYPOINT.
env: Environment variables.
envFrom: ConfigMaps and Secrets whose keys become environment variables.
image: Name of the image.
imagePullPolicy: Always, Never or IfNotPresent.
name: Name of the container, unique in the pod.
volumeMounts: Volumes that the container sees, and where.
workingDir: Working directory. Default: the image's.
EnvVar
name: Name of the variable.
value: Value of the variable; $(NAME) stands for an earlier one.
valueFrom: Source of the value, in place of value.
EnvVarSource
configMapKeyRef: Key of a ConfigMap.
fieldRef: Field of the pod, such as metadata.name or status.podIP.
fileKeyRef: Key in a file of an emptyDir volume.
resourceFieldRef: Request or limit of a container.
secretKeyRef: Key of a Secret.
ConfigMapKeySelector
key: Key of the ConfigMap.
name: Name of the ConfigMap.
optional: Whether the ConfigMap or its key may be missing.
SecretKeySelector
key: Key of the Secret.
name: Name of the Secret.
optional: Whether the Secret or its key may be missing.
ObjectFieldSelector
fieldPath: Path of the field, such as spec.nodeName.
ResourceFieldSelector
containerName: Name of the container. Needed in volumes.
divisor: Unit of the result. Default: 1.
resource: The resource, such as limits.cpu.
EnvFromSource
configMapRef: ConfigMap whose keys become variables.
prefix: Text before each name.
secretRef: Secret whose keys become variables.
ConfigMapEnvSource
name: Name of the ConfigMap.
optional: Whether the ConfigMap may be missing.
SecretEnvSource
name: Name of the Secret.
optional: Whether the Secret may be missing.
Lifecycle
postStart: What is run right after the start; if it fails, the container is killed.
preStop: What is run before the container is stopped; its time is part of the grace period.
stopSignal: Signal that stops the container. Default: the image's, or SIGTERM.
LifecycleHandler
exec: Command that is run in the container.
httpGet: HTTP request to the container.
sleep: Pause.
tcpSocket: Connection to a port; it is not supported in hooks.
ExecAction
command: Command and its arguments, run without a shell in the root directory.
HTTPGetAction
host: Host to connect to. Default: the pod's address.
httpHeaders: Headers of the request.
path: Path of the request.
port: Number or name of the port.
scheme: HTTP (the default) or HTTPS.
HTTPHeader
name: Name of the header.
value: Value of the header.
SleepAction
seconds: How many seconds to wait.
TCPSocketAction
host: Host to connect to. Default: the pod's address.
port: Number or name of the port.
GRPCAction
port: Number of the port.
service: Service that the health check asks for.
Probe
exec: Command whose exit code 0 is a success.
failureThreshold: How many failures in a row count as a failure. Default: 3.
grpc: Health check by gRPC.
httpGet: HTTP request that succeeds with a code from 200 to 399.
initialDelaySeconds: How many seconds after the start the probe begins. Default: 0.
periodSeconds: Seconds between two checks. Default: 10.
successThreshold: How many successes in a row count as a success. Default: 1.
tcpSocket: Connection that succeeds if the port is open.
terminationGracePeriodSeconds: Grace period of a container that this probe ends. Default: the pod's.
timeoutSeconds: How long one check may take. Default: 1.
ContainerPort
containerPort: Number of the port.
hostIP: Address of the node on which hostPort listens.
hostPort: Port of the node that leads to this port.
name: Name of the port, which Services can refer to.
protocol: TCP (the default), UDP or SCTP.
SecurityContext
allowPrivilegeEscalation: Whether a process may gain more privileges than its parent. Default: true.
appArmorProfile: AppArmor profile of the container.
capabilities: Capabilities that are added and dropped.
privileged: Whether the container has all rights of root on the node. Default: false.
procMount: How /proc is mounted: Default or Unmasked.
readOnlyRootFilesystem: Whether the root file system is read-only. Default: false.
runAsGroup: Primary group of the processes. It takes precedence over the pod's.
runAsNonRoot: Whether the kubelet refuses to run the container as root.
runAsUser: User of the processes. It takes precedence over the pod's.
seLinuxOptions: SELinux label of the container.
seccompProfile: System calls that the container may make.
windowsOptions: Settings of Windows.
PodSecurityContext
appArmorProfile: AppArmor profile of the containers.
fsGroup: Group that owns the files of the pod's volumes and that its processes belong to.
fsGroupChangePolicy: Whether owners of files are changed Always (the default) or OnRootMismatch.
runAsGroup: Primary group of the processes.
runAsNonRoot: Whether the kubelet refuses to run containers as root.
runAsUser: User of the processes. Default: the image's.
seLinuxChangePolicy: How volumes get their SELinux label: MountOption or Recursive.
seLinuxOptions: SELinux label of the containers.
seccompProfile: System calls that the containers may make.
supplementalGroups: Further groups of the processes.
supplementalGroupsPolicy: Whether the image's groups are added: Merge (the default) or Strict.
sysctls: Kernel parameters of the pod.
windowsOptions: Settings of Windows.
Capabilities
add: Capabilities that are added, such as NET_ADMIN.
drop: Capabilities that are dropped; ALL drops each.
SeccompProfile
localhostProfile: File of the profile on the node, for the type Localhost.
type: RuntimeDefault, Localhost or Unconfined.
AppArmorProfile
localhostProfile: Name of the profile on the node, for the type Localhost.
type: RuntimeDefault, Localhost or Unconfined.
VolumeMount
mountPath: Path in the container at which the volume is mounted.
mountPropagation: Whether later mounts are passed on: None (the default), HostToContainer or Bidirectional.
name: Name of the volume in the pod.
readOnly: Whether the volume can only be read. Default: false.
recursiveReadOnly: Whether mounts below it are read-only too.
subPath: Path in the volume that is mounted. Default: its root.
subPathExpr: Like subPath, with $(NAME) for environment variables.
Toleration
effect: Effect that is tolerated: NoSchedule, PreferNoSchedule or NoExecute. Empty means all.
key: Key of the taint. Empty means all, with the operator Exists.
operator: Equal (the default) or Exists.
tolerationSeconds: How long a NoExecute taint is tolerated. Default: for ever.
value: Value of the taint, for the operator Equal.
TopologySpreadConstraint
labelSelector: Labels of the pods that are counted.
matchLabelKeys: Labels whose values must be those of the new pod.
maxSkew: How much the numbers of pods in two places may differ.
minDomains: Least number of places.
nodeAffinityPolicy: Whether nodes that the pod's affinity excludes are left out: Honor (the default) or
  Ignore.
nodeTaintsPolicy: Whether nodes with taints that are not tolerated are left out: Honor or Ignore (the
  default).
topologyKey: Label of nodes; nodes with an equal value are one place.
whenUnsatisfiable: DoNotSchedule (the default), or ScheduleAnyway.
Volume
configMap: Files from a ConfigMap.
csi: Volume of a CSI driver for the life of the pod.
downwardAPI: Files with fields of the pod.
emptyDir: Empty directory that lives as long as the pod.
ephemeral: Claim that is made and deleted with the pod.
hostPath: File or directory of the node.
image: Content of an image.
name: Name of the volume, unique in the pod.
nfs: Directory of an NFS server.
persistentVolumeClaim: Volume of a PersistentVolumeClaim.
projected: Several sources in one directory.
secret: Files from a Secret.
ConfigMapVolumeSource
defaultMode: Mode of the files. Default: 0644.
name: Name of the ConfigMap.
optional: Whether the ConfigMap or its keys may be missing.
SecretVolumeSource
defaultMode: Mode of the files. Default: 0644.
optional: Whether the Secret or its keys may be missing.
secretName: Name of the Secret.
KeyToPath
key: Key whose value is the content of the file.
mode: Mode of the file. Default: defaultMode of the volume.
path: Path of the file in the volume.
EmptyDirVolumeSource
medium: Where the data is: empty for the node's disk, or Memory.
sizeLimit: Size beyond which the pod is evicted.
HostPathVolumeSource
path: Path on the node.
type: What must be there: Directory, File, DirectoryOrCreate, FileOrCreate, Socket and others. Empty
  checks nothing.
NFSVolumeSource
path: Directory that the server exports.
readOnly: Whether the volume can only be read.
server: Name or address of the server.
PersistentVolumeClaimVolumeSource
claimName: Name of the claim in the namespace of the pod.
readOnly: Whether the volume can only be read.
ProjectedVolumeSource
defaultMode: Mode of the files. Default: 0644.
sources: What is in the directory.
ServiceAccountTokenProjection
audience: For whom the token is valid. Default: the apiserver.
expirationSeconds: How long a token is valid; the kubelet renews it. Default: 3600.
path: Path of the file in the volume.
PersistentVolumeClaimSpec
accessModes: How the volume must be mountable: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or
  ReadWriteOncePod.
dataSource: Snapshot or claim whose data the volume begins with.
dataSourceRef: Like dataSource, also for objects of other kinds.
resources: Size that is wanted.
selector: Labels of the volumes that may be bound.
storageClassName: StorageClass that makes the volume. Default: the default class; "" binds only volumes
  without a class.
volumeAttributesClassName: VolumeAttributesClass of the volume.
volumeMode: Filesystem (the default) or Block.
volumeName: Name of the bound PersistentVolume.
PersistentVolumeClaimStatus
accessModes: How the bound volume can be mounted.
capacity: Size of the bound volume.
phase: Pending, Bound or Lost.
VolumeResourceRequirements
limits: The largest size.
requests: The smallest size.
PersistentVolumeSpec
accessModes: All ways in which the volume can be mounted.
capacity: Size of the volume.
claimRef: The claim to which it is bound.
csi: Volume of a CSI driver.
hostPath: Directory of a node, for tests with one node.
local: Disk or directory of a node.
nfs: Directory of an NFS server.
nodeAffinity: Nodes from which the volume can be reached.
persistentVolumeReclaimPolicy: What happens when the claim is deleted: Retain, Delete or Recycle.
volumeMode: Filesystem (the default) or Block.
PersistentVolumeStatus
lastPhaseTransitionTime: Time at which the phase last changed.
message: Why the volume is in this phase.
phase: Available, Bound, Released, Failed or Pending.
reason: One word for the message.
PodStatus
containerStatuses: States of the containers.
ephemeralContainerStatuses: States of the ephemeral containers.
hostIP: Address of the node.
hostIPs: Addresses of the node.
initContainerStatuses: States of the init containers.
message: Why the pod is in this state.
nominatedNodeName: Node on which the scheduler makes room for the pod.
phase: Pending, Running, Succeeded, Failed or Unknown.
podIP: Address of the pod.
podIPs: Addresses of the pod, one for each family.
qosClass: Guaranteed, Burstable or BestEffort, by the requests and limits.
reason: One word for the message, such as Evicted.
startTime: Time at which the kubelet accepted the pod.
PodCondition
message: Explanation for people.
reason: One word for the last change.
type: PodScheduled, Initialized, ContainersReady, Ready and others.
ContainerStatus
resources: Requests and limits that the container has now.
user: User and groups as which its first process runs.
containerID: The runtime's id of the container.
image: Image that runs.
imageID: Id of the image that runs.
lastState: How the container ended last.
name: Name of the container.
ready: Whether the readiness probe succeeds.
restartCount: How often the container was restarted.
started: Whether the startup probe has succeeded.
state: What the container does now: waiting, running or terminated.
ContainerState
running: The container runs.
terminated: The container has ended.
waiting: The container has not started yet.
ContainerStateRunning
startedAt: Time of the start.
ContainerStateTerminated
containerID: The runtime's id of the container.
exitCode: Exit code of the process.
finishedAt: Time of the end.
message: Termination message of the container.
reason: One word for the end, such as Completed, Error or OOMKilled.
signal: Signal that ended the process.
startedAt: Time of the start.
ContainerStateWaiting
message: Why the container waits.
reason: One word, such as ImagePullBackOff or CrashLoopBackOff.
DeploymentSpec
paused: Whether changes of the template wait. Default: false.
progressDeadlineSeconds: After how many seconds without progress a rollout counts as failed. Default: 600.
replicas: Number of pods. Default: 1.
selector: Labels of the Deployment's pods; the template must have them, and it cannot be changed.
strategy: How pods are replaced by those of a new template.
DeploymentStrategy
rollingUpdate: Settings of the type RollingUpdate.
type: RollingUpdate (the default), or Recreate, which ends all pods first.
RollingUpdateDeployment
maxSurge: How many pods, or what percentage, may exist beyond replicas. Default: 25%.
maxUnavailable: How many pods, or what percentage, may be unavailable. Default: 25%.
DeploymentStatus
replicas: Number of pods, of all revisions.
terminatingReplicas: Number of pods that are being stopped.
unavailableReplicas: Number of pods that are missing or not available.
updatedReplicas: Number of pods that have the present template.
DeploymentCondition
message: Explanation for people.
reason: One word for the last change.
type: Available, Progressing or ReplicaFailure.
ReplicaSetSpec
replicas: Number of pods. Default: 1.
selector: Labels of the pods that are counted.
ReplicaSetStatus
fullyLabeledReplicas: Number of pods that have all labels of the template.
replicas: Number of pods.
ServiceSpec
allocateLoadBalancerNodePorts: Whether a LoadBalancer gets node ports. Default: true.
clusterIP: Address within the cluster; None makes the Service headless.
clusterIPs: Addresses within the cluster, one for each family.
externalIPs: Further addresses of nodes at which the Service is reached.
externalName: Name that DNS returns for the type ExternalName.
externalTrafficPolicy: Cluster (the default), or Local, which sends outside traffic only to pods of the
  node that got it.
healthCheckNodePort: Port at which a load balancer asks whether a node has pods.
internalTrafficPolicy: Cluster (the default), or Local, which uses only pods of the client's node.
ipFamilies: IPv4, IPv6 or both.
ipFamilyPolicy: SingleStack, PreferDualStack or RequireDualStack.
loadBalancerClass: Load balancer that implements the Service.
loadBalancerIP: Wanted address of the load balancer; deprecated.
loadBalancerSourceRanges: Ranges of clients that the load balancer lets in.
ports: Ports of the Service.
publishNotReadyAddresses: Whether pods that are not ready are targets too.
selector: Labels of the pods to which the traffic goes. Without it, endpoints are written by hand.
sessionAffinity: None (the default), or ClientIP, which sends a client to the same pod.
sessionAffinityConfig: Settings of sessionAffinity.
trafficDistribution: Which endpoints are preferred, such as PreferSameZone.
type: ClusterIP (the default), NodePort, LoadBalancer or ExternalName.
ServicePort
appProtocol: Protocol of the application, such as http.
name: Name of the port; needed if there are several.
nodePort: Port of each node, 30000 to 32767, for the types NodePort and LoadBalancer.
port: Port of the Service.
protocol: TCP (the default), UDP or SCTP.
targetPort: Number or name of the pods' port. Default: port.
NetworkPolicySpec
egress: Connections that the selected pods may make. An empty list allows none.
ingress: Connections that the selected pods may take. An empty list allows none.
podSelector: Labels of the pods that the policy is for. An empty selector means all of the namespace.
policyTypes: Ingress, Egress or both: the directions that the policy restricts.
NetworkPolicyEgressRule
ports: Ports that are allowed. Empty means all.
to: Destinations that are allowed; one must match. Empty means all.
NetworkPolicyIngressRule
from: Sources that are allowed; one must match. Empty means all.
ports: Ports that are allowed. Empty means all.
NetworkPolicyPort
endPort: Last port of a range that begins with port.
port: Number or name of the port. Empty means all.
protocol: TCP (the default), UDP or SCTP.
NetworkPolicyPeer
ipBlock: Range of addresses; it excludes the other fields.
namespaceSelector: Labels of namespaces. With podSelector, pods must match both.
podSelector: Labels of pods, in the policy's own namespace unless namespaceSelector is given.
IPBlock
cidr: Range of addresses, such as 10.0.0.0/8.
except: Ranges within cidr that are left out.
Role
rules: What is allowed.
ClusterRole
aggregationRule: Selects the ClusterRoles whose rules this one collects.
rules: What is allowed.
AggregationRule
clusterRoleSelectors: Labels of the ClusterRoles whose rules are collected.
PolicyRule
apiGroups: API groups of the resources; "" is the core group, and * means all.
nonResourceURLs: Paths that are no resources, such as /healthz; only in ClusterRoles.
resourceNames: Names of the objects. Empty means all.
resources: Resources, such as pods or pods/log; * means all.
verbs: What may be done: get, list, watch, create, update, patch, delete, ...; * means all.
RoleBinding
roleRef: The Role or ClusterRole that is granted; it cannot be changed.
subjects: Users, groups and service accounts to which it is granted.
ClusterRoleBinding
roleRef: The ClusterRole that is granted; it cannot be changed.
subjects: Users, groups and service accounts to which it is granted.
RoleRef
apiGroup: rbac.authorization.k8s.io.
name: Name of the role.
Subject
group: The group, if kind is Group.
serviceAccount: The service account, if kind is ServiceAccount.
user: The user, if kind is User.
apiGroup: rbac.authorization.k8s.io for users and groups, "" for service accounts.
name: Name of the user, group or service account.
namespace: Namespace of the service account.
JobSpec
activeDeadlineSeconds: After how many seconds the job fails and its pods are stopped.
backoffLimit: How many failures of pods are allowed. Default: 6.
backoffLimitPerIndex: How many failures of each index are allowed.
completionMode: NonIndexed (the default), or Indexed, which gives each pod a number.
completions: How many pods must succeed.
managedBy: Controller that manages the job.
manualSelector: Whether selector is written by hand. Default: false.
maxFailedIndexes: How many indexes may fail.
parallelism: How many pods run at the same time. Default: 1.
podFailurePolicy: What failures of pods mean, by exit code or condition.
podReplacementPolicy: When a pod is replaced: TerminatingOrFailed or Failed.
selector: Labels of the job's pods; normally the server sets it.
successPolicy: When the job succeeds before all pods have.
suspend: Whether the job has no pods for the time being. Default: false.
ttlSecondsAfterFinished: How many seconds after its end the job is deleted. Default: never.
JobStatus
active: Number of pods that run or wait.
completedIndexes: Indexes that have succeeded.
completionTime: Time at which the job succeeded.
failed: Number of pods that have failed.
failedIndexes: Indexes that have failed.
ready: Number of pods that are ready.
startTime: Time at which the job began.
succeeded: Number of pods that have succeeded.
terminating: Number of pods that are being stopped.
uncountedTerminatedPods: Ended pods that are not counted yet.
CronJobSpec
concurrencyPolicy: What happens if the last job still runs: Allow (the default), Forbid or Replace.
failedJobsHistoryLimit: How many failed jobs are kept. Default: 1.
jobTemplate: The jobs that are created.
schedule: When jobs are created, in cron's form: minute, hour, day, month, weekday.
startingDeadlineSeconds: How late a job may begin. Default: any time.
successfulJobsHistoryLimit: How many successful jobs are kept. Default: 3.
suspend: Whether no jobs are created for the time being. Default: false.
timeZone: Time zone of the schedule. Default: that of the controller manager.
CronJobStatus
active: Jobs that run.
lastScheduleTime: Time for which a job was last created.
lastSuccessfulTime: Time at which a job last succeeded.
StatefulSetSpec
ordinals: First number of the pods.
persistentVolumeClaimRetentionPolicy: Whether claims are deleted with the set or when it shrinks.
podManagementPolicy: OrderedReady (the default), one pod after the other, or Parallel.
replicas: Number of pods. Default: 1.
selector: Labels of the set's pods; the template must have them, and it cannot be changed.
serviceName: Headless Service that gives the pods their names in DNS.
updateStrategy: How pods are replaced by those of a new template.
volumeClaimTemplates: Claims that each pod gets for itself.
StatefulSetPersistentVolumeClaimRetentionPolicy
whenDeleted: Retain (the default) or Delete, when the set is deleted.
whenScaled: Retain (the default) or Delete, when the set gets fewer pods.
StatefulSetUpdateStrategy
rollingUpdate: Settings of the type RollingUpdate.
type: RollingUpdate (the default), or OnDelete, which waits until pods are deleted.
RollingUpdateStatefulSetStrategy
maxUnavailable: How many pods may be unavailable. Default: 1.
partition: First number of the pods that are updated. Default: 0.
StatefulSetStatus
currentReplicas: Number of pods of the old revision.
currentRevision: The old revision.
replicas: Number of pods.
updateRevision: The new revision.
updatedReplicas: Number of pods of the new revision.
DaemonSetSpec
selector: Labels of the set's pods; the template must have them, and it cannot be changed.
updateStrategy: How pods are replaced by those of a new template.
DaemonSetUpdateStrategy
rollingUpdate: Settings of the type RollingUpdate.
type: RollingUpdate (the default), or OnDelete, which waits until pods are deleted.
RollingUpdateDaemonSet
maxSurge: On how many nodes a second pod may run during an update. Default: 0.
maxUnavailable: On how many nodes the pod may be unavailable during an update. Default: 1.
DaemonSetStatus
currentNumberScheduled: Number of nodes that have the pod and should.
desiredNumberScheduled: Number of nodes that should have the pod.
numberAvailable: Number of nodes whose pod is available.
numberMisscheduled: Number of nodes that have the pod and should not.
numberReady: Number of nodes whose pod is ready.
numberUnavailable: Number of nodes whose pod is missing or not available.
updatedNumberScheduled: Number of nodes whose pod has the present template.
HorizontalPodAutoscalerSpec
targetCPUUtilizationPercentage: Wanted use of CPU, in percent of the request.
behavior: How fast the number of pods grows and shrinks.
maxReplicas: Most pods.
metrics: What decides the number of pods; the largest result counts. Default: 80% of the requested CPU.
minReplicas: Fewest pods. Default: 1.
scaleTargetRef: The object that is scaled.
HorizontalPodAutoscalerBehavior
scaleDown: How the number shrinks.
scaleUp: How the number grows.
HPAScalingRules
policies: Limits of a change in a time.
selectPolicy: Max (the default), Min, or Disabled, which forbids the direction.
stabilizationWindowSeconds: For how long earlier results count. Default: 300 for shrinking, 0 for growing.
tolerance: How far a metric may be from its target without a change.
HPAScalingPolicy
periodSeconds: The time for which the limit holds.
type: Pods or Percent.
value: The largest change.
MetricSpec
containerResource: Use of CPU or memory of one container.
external: Metric from outside of the cluster.
object: Metric of one object.
pods: Average of a metric of the pods.
resource: Use of CPU or memory of the pods.
type: Resource, ContainerResource, Pods, Object or External.
MetricTarget
averageUtilization: Wanted use, in percent of the requests.
averageValue: Wanted average of the pods.
type: Utilization, Value or AverageValue.
value: Wanted value.
ResourceMetricSource
name: cpu or memory.
target: Wanted value.
HorizontalPodAutoscalerStatus
currentCPUUtilizationPercentage: Measured use of CPU, in percent of the request.
currentMetrics: Values of the metrics.
currentReplicas: Number of pods.
desiredReplicas: Number of pods that the metrics ask for.
lastScaleTime: Time of the last change.
PodDisruptionBudgetSpec
maxUnavailable: How many pods, or what percentage, may be unavailable by evictions; it excludes
  minAvailable.
minAvailable: How many pods, or what percentage, must stay available; it excludes maxUnavailable.
selector: Labels of the pods that the budget protects.
unhealthyPodEvictionPolicy: IfHealthyBudget (the default), or AlwaysAllow, which lets pods that are not
  ready be evicted.
PodDisruptionBudgetStatus
currentHealthy: Number of pods that are ready.
desiredHealthy: Number of pods that must stay ready.
disruptedPods: Pods whose eviction was allowed and that are not gone yet.
disruptionsAllowed: How many pods may be evicted now.
expectedPods: Number of pods that the budget counts.
ConfigMap
binaryData: Binary values by key, in base64.
data: Texts by key.
immutable: Whether the values cannot be changed any more.
Secret
data: Values by key, in base64.
immutable: Whether the values cannot be changed any more.
stringData: Values as text, for writing only; the server moves them to data.
type: What the Secret is for, such as Opaque or kubernetes.io/tls.
NodeSpec
configSource: No longer used.
externalID: No longer used.
podCIDR: Range of the addresses of the node's pods.
podCIDRs: Ranges of the addresses of the node's pods, one for each family.
providerID: Id of the machine at the cloud provider.
taints: What keeps pods without a toleration away.
unschedulable: Whether the node takes no new pods; cordon sets it.
Taint
effect: NoSchedule, PreferNoSchedule, or NoExecute, which also evicts.
key: Key of the taint.
timeAdded: Time at which a NoExecute taint was added.
value: Value of the taint.
NodeStatus
config: State of the dynamic configuration of the kubelet, which went in v1.24.
features: Features of the container runtime on the node.
phase: No longer used.
addresses: Addresses and names of the machine.
allocatable: Resources that pods may use.
capacity: All resources of the machine.
daemonEndpoints: Ports of the kubelet.
images: Images on the machine.
nodeInfo: Versions and ids of the machine.
runtimeHandlers: Handlers of the container runtime.
volumesAttached: Volumes that are attached to the machine.
volumesInUse: Attachable volumes that pods use.
NodeAddress
address: The address.
type: Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.
NodeCondition
message: Explanation for people.
reason: One word for the last change.
type: Ready, MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable.
IngressSpec
defaultBackend: Where requests go that no rule matches.
ingressClassName: IngressClass whose controller implements the Ingress.
rules: Rules by host and path.
tls: Certificates by host.
IngressBackend
resource: Object in place of a Service.
service: Service to which requests go.
IngressServiceBackend
name: Name of the Service.
port: Port of the Service.
ServiceBackendPort
name: Name of the port; it excludes number.
number: Number of the port; it excludes name.
IngressRule
host: Host of the request; *.example.com is a wildcard. Empty means all.
http: Rules by path.
HTTPIngressRuleValue
paths: Paths and where they lead.
HTTPIngressPath
backend: Where requests go.
path: Path of the request.
pathType: Exact, Prefix or ImplementationSpecific.
IngressTLS
hosts: Hosts of the certificate.
secretName: Secret with the certificate and its key.
ServiceAccount
automountServiceAccountToken: Whether pods of this account get its token. Default: true.
imagePullSecrets: Secrets with credentials for registries, for pods of this account.
secrets: Secrets that pods of this account may use.
StorageClass
allowVolumeExpansion: Whether claims may grow.
allowedTopologies: Where volumes may be made.
parameters: Settings of the provisioner.
provisioner: Name of what makes the volumes.
reclaimPolicy: Delete (the default) or Retain, for volumes that are made.
volumeBindingMode: Immediate (the default), or WaitForFirstConsumer, which waits for a pod.
ResourceQuotaSpec
hard: Limits by resource, such as pods or requests.cpu.
scopeSelector: Which objects are counted, by expressions.
scopes: Which objects are counted, such as BestEffort.
ResourceQuotaStatus
hard: Limits that are enforced.
used: What is used now.
LimitRangeSpec
limits: Limits by type.
LimitRangeItem
default: Limit of containers that name none.
defaultRequest: Request of containers that name none.
max: Largest value.
maxLimitRequestRatio: How many times the request the limit may be.
min: Smallest value.
type: Container, Pod or PersistentVolumeClaim.
LocalObjectReference
name: Name of the object, in the same namespace.
Condition
message: Explanation for people.
reason: One word for the last change.
type: What the condition is about.
DaemonSetCondition = PodCondition
ReplicaSetCondition = PodCondition
StatefulSetCondition = PodCondition
ReplicationControllerCondition = PodCondition
JobCondition
message: Explanation for people.
reason: One word for the last change.
type: Complete, Failed, Suspended, FailureTarget or SuccessCriteriaMet.
NamespaceCondition
message: Explanation for people.
reason: One word for the last change.
type: What keeps the namespace from going.
PersistentVolumeClaimCondition
message: Explanation for people.
reason: One word for the last change.
type: Resizing, FileSystemResizePending and others.
ControllerRevision
data: The state of this revision.
revision: Number of the revision.
StatefulSetOrdinals
start: Number of the first pod. Default: 0.
PodFailurePolicy
rules: Rules that are tried in order; the first that matches decides.
PodFailurePolicyOnExitCodesRequirement
containerName: Container whose exit code counts. Default: all.
operator: In or NotIn.
values: Exit codes.
PodFailurePolicyOnPodConditionsPattern
type: Condition that the pod must have.
PodFailurePolicyRule
action: FailJob, FailIndex, Ignore or Count.
onExitCodes: Exit codes of containers.
onPodConditions: Conditions of the pod.
SuccessPolicy
rules: The Job succeeds with the first of them that holds.
SuccessPolicyRule
succeededCount: How many of the indexes must have succeeded.
succeededIndexes: Indexes that must have succeeded.
ReplicationControllerSpec
replicas: How many pods are wanted. Default: 1.
selector: Labels of the pods.
ReplicationControllerStatus
fullyLabeledReplicas: Number of pods that have all labels of the template.
replicas: Number of pods.
Binding
target: Node that the pod is bound to.
ConfigMapProjection
name: Name of the ConfigMap.
optional: Whether it may be missing.
SecretProjection
name: Name of the Secret.
optional: Whether it may be missing.
ContainerResizePolicy
resourceName: cpu or memory.
restartPolicy: NotRequired (the default) or RestartContainer, when the resource is changed.
DownwardAPIVolumeFile
fieldRef: Field of the pod that the file has.
mode: Mode of the file.
path: Path of the file in the volume.
resourceFieldRef: Resource of a container that the file has.
DownwardAPIVolumeSource
defaultMode: Mode of the files. Default: 0644.
EphemeralVolumeSource
volumeClaimTemplate: The claim that is made for the pod.
EventSeries
count: How often it has happened.
lastObservedTime: When it happened last.
EventSource
component: Component that reports it.
host: Node on which it was seen.
HostAlias
hostnames: Names of the address.
ip: The address.
ImageVolumeSource
pullPolicy: Always, Never or IfNotPresent.
reference: Name of the image or artifact.
LocalVolumeSource
path: Path of the disk or directory on the node.
NodeSystemInfo
architecture: Architecture of the processor.
bootID: What tells one start of the machine from another.
containerRuntimeVersion: Name and version of the container runtime.
kernelVersion: Version of the kernel.
kubeProxyVersion: No longer used.
kubeletVersion: Version of the kubelet.
machineID: What tells the machine from others, from /etc/machine-id.
operatingSystem: Operating system.
osImage: Name and version of the distribution.
swap: Swap of the node.
systemUUID: UUID of the hardware.
ObjectReference
fieldPath: Part of the object, such as spec.containers{web}.
name: Name of the object.
namespace: Namespace of the object.
resourceVersion: Version of the object.
uid: UID of the object.
PodDNSConfig
nameservers: Addresses of name servers.
options: Options of the resolver.
searches: Domains in which short names are looked up.
PodDNSConfigOption
name: Name of the option, such as ndots.
value: Value of the option.
PodIP
ip: An address of the pod.
HostIP
ip: An address of the node.
PodOS
name: linux or windows.
PodReadinessGate
conditionType: Condition that must be True.
PodResourceClaim
name: Name by which containers refer to the claim.
resourceClaimName: Name of a ResourceClaim.
resourceClaimTemplateName: Template from which a claim is made for the pod.
PodSchedulingGate
name: Name of the gate.
SELinuxOptions
level: Level of the label.
role: Role of the label.
type: Type of the label.
user: User of the label.
ScopedResourceSelectorRequirement
operator: In, NotIn, Exists or DoesNotExist.
scopeName: Name of the scope, such as PriorityClass.
values: Values of the scope.
SecretReference
name: Name of the Secret.
namespace: Namespace of the Secret.
SessionAffinityConfig
clientIP: Settings of affinity by client.
ClientIPConfig
timeoutSeconds: How long a client stays with one pod. Default: 10800.
Sysctl
name: Name of the kernel parameter.
value: Value of the kernel parameter.
TopologySelectorLabelRequirement
key: Label of the node.
values: Values, of which one must match.
TopologySelectorTerm
matchLabelExpressions: Requirements on labels; all of them must hold.
TypedLocalObjectReference
apiGroup: API group of the object.
name: Name of the object.
TypedObjectReference = TypedLocalObjectReference
namespace: Namespace of the object.
VolumeDevice
devicePath: Path of the device in the container.
name: Name of the claim's volume.
VolumeNodeAffinity
required: Terms of which the node must match one.
VolumeProjection
clusterTrustBundle: Certificates of a ClusterTrustBundle.
configMap: Keys of a ConfigMap.
downwardAPI: Fields of the pod.
podCertificate: A key and a certificate of the pod's own.
secret: Keys of a Secret.
serviceAccountToken: A token of the pod's service account.
CSIVolumeSource
driver: Name of the driver.
nodePublishSecretRef: Secret that the driver gets.
readOnly: Whether the volume is read-only.
volumeAttributes: What the driver must know.
CSIPersistentVolumeSource = CSIVolumeSource
controllerExpandSecretRef: Secret for growing the volume in the backend.
controllerPublishSecretRef: Secret for attaching.
nodeExpandSecretRef: Secret for growing the volume on the node.
nodeStageSecretRef: Secret for mounting on the node.
volumeHandle: Name of the volume for the driver.
NamespaceSpec
finalizers: What must be done before the namespace is gone.
NamespaceStatus
phase: Active or Terminating.
Event
action: What was done.
count: How often it has happened.
eventTime: Time of the first occurrence.
firstTimestamp: Time of the first occurrence.
involvedObject: The object that the event is about.
lastTimestamp: Time of the last occurrence.
message: Explanation for people.
reason: One word for what happened.
reportingComponent: Name of the controller that reports it.
source: Component that reports it.
type: Normal or Warning.
`

/** Texts by field. A type that is like another (`EphemeralContainer = Container`) has its texts too. */
interface FieldTexts {
  readonly own: Map<string, string>
  readonly like?: string
}

let texts: ReadonlyMap<string, FieldTexts> | undefined

function readTexts(): ReadonlyMap<string, FieldTexts> {
  const found = new Map<string, FieldTexts>()
  let own = new Map<string, string>()
  const lines = [TEXT, GROUP_TEXT, DEVICE_TEXT, OLDER_TEXT].map((text) => text.trim()).join('\n')
  for (const line of lines.replaceAll('\n  ', ' ').split('\n')) {
    const [, field, text] = /^([$\w-]+): (.*)$/.exec(line) ?? []
    if (field !== undefined && text !== undefined) own.set(field, text)
    else {
      const [type = '', like] = line.split(' = ')
      // a type may have texts in several tables
      own = found.get(type)?.own ?? new Map<string, string>()
      const before = like ?? found.get(type)?.like
      found.set(type, before === undefined ? { own } : { own, like: before })
    }
  }
  return found
}

/** Returns what a field of a type means; undefined if it is not described. */
export function fieldText(type: string, field: string): string | undefined {
  texts ??= readTexts()
  const found = texts.get(type)
  return (
    found?.own.get(field) ??
    (found?.like === undefined ? undefined : texts.get(found.like)?.own.get(field)) ??
    texts.get('*')?.own.get(field)
  )
}

/** Returns the type whose texts a type has, too; undefined if it is like no other. */
export function likeOf(type: string): string | undefined {
  texts ??= readTexts()
  return texts.get(type)?.like
}
