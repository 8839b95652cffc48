{{- define "mortar.name" -}}
{{- if contains "mortar" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-mortar{{ end }}
{{- end }}

{{- define "mortar.labels" -}}
app.kubernetes.io/name: mortar
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "mortar.managerSelector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: manager
{{- end }}

{{- define "mortar.provisionerSelector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: provisioner
{{- end }}

{{- define "mortar.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "mortar.keysSecret" -}}
{{ .Values.manager.keysSecret | default (printf "%s-keys" (include "mortar.name" .)) }}
{{- end }}

{{- define "mortar.scheme" -}}
{{ if .Values.manager.tlsSecret }}https{{ else }}http{{ end }}
{{- end }}

{{- define "mortar.url" -}}
{{ include "mortar.scheme" . }}://{{ include "mortar.name" . }}.{{ .Release.Namespace }}.svc:{{ .Values.manager.service.port }}
{{- end }}

{{- /* What the chart sets itself wins over the configuration of values.yaml. */ -}}
{{- define "mortar.config" -}}
{{- $own := dict
  "listen" ":8080"
  "auth" (dict "admin_key_file" "/etc/mortar/keys/key" "user_key_file" "/etc/mortar/keys/user")
  "database" (dict "path" "/var/lib/mortar/mortar.db") }}
{{- if .Values.manager.tlsSecret }}
{{- $_ := set $own "tls" (dict "cert_file" "/etc/mortar/tls/tls.crt" "key_file" "/etc/mortar/tls/tls.key") }}
{{- end }}
{{- if .Values.manager.sshSecret }}
{{- $_ := set $own "ssh" (dict "key_file" "/etc/mortar/ssh/id_ed25519" "known_hosts_file" "/etc/mortar/ssh/known_hosts") }}
{{- end }}
{{- if and (eq (.Values.manager.config.executor | default "") "kubernetes") }}
{{- $_ := set $own "kubernetes" (dict "namespace" (.Values.manager.glusterNamespace | default .Release.Namespace)) }}
{{- end }}
{{- toYaml (mergeOverwrite (deepCopy .Values.manager.config) $own) }}
{{- end }}

{{- define "mortar.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "mortar.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
