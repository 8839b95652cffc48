/** What Go's own text/template makes of `twoClusters`: what it is about, the template, the output. */
export const cases: Readonly<
  Record<string, readonly (readonly [words: string, template: string, output: string])[]>
> = {
  'text and actions': [
    ['leaves text as it is', 'no action: { } }} % \\ é\n', 'no action: { } }} % \\ é\n'],
    ['trims the text on the side of a marker', '{{23 -}} < {{- 45}}', '23<45'],
    ['trims newlines, too', 'a \n\t{{- 1 -}}\n\n b', 'a1b'],
    ['takes a minus without a blank for a sign', 'a {{-1}} b', 'a -1 b'],
    [
      'leaves comments out, with their trim markers',
      'x {{/* a comment */}} y {{- /* and\nanother */ -}} z',
      'x  yz',
    ],
    [
      'knows the constants of Go',
      "{{1}} {{-5}} {{0x1F}} {{0b101}} {{0o17}} {{017}} {{1_000}} {{'a'}} {{'\\n'}} {{true}} {{\"a\\t\\x41\\u00e9\\\"\"}} {{`raw\\n`}}",
      '1 -5 31 5 15 15 1000 97 10 true a\tAé" raw\\n',
    ],
    [
      'writes fractions as Go does',
      '{{1.5}} {{1.0}} {{.5}} {{1e3}} {{1e6}} {{1e21}} {{1e-5}} {{0.0001}} {{123456789.0}} {{0x1p4}}',
      '1.5 1 0.5 1000 1e+06 1e+21 1e-05 0.0001 1.23456789e+08 16',
    ],
    ['lets an action go over lines', '{{\n1\n}}', '1'],
  ],
  'fields and variables': [
    [
      'goes from field to field',
      '{{range .ClusterList}}{{range .Volumes}}{{.Mount.GlusterFS.MountPoint}} {{end}}{{end}}',
      '10.0.0.1:vol_9e107d9d372bb6826bd81d3542a419d6 10.0.0.1:vol_9e107d9d372bb6826bd81d3542a419d6 ',
    ],
    [
      'reaches the fields of embedded structs by both ways',
      '{{range .ClusterList}}{{range .Nodes}}{{.Id}}={{.NodeInfo.Id}} {{.Zone}}={{.NodeInfo.NodeAddRequest.Zone}} {{end}}{{end}}',
      'n1=n1 1=1 n2=n2 2=2 ',
    ],
    [
      'takes fields of what stands in parentheses',
      '{{(index .ClusterList 0).Id}} {{(index (index .ClusterList 0).Nodes 1).State}}',
      'c1 failed',
    ],
    [
      'looks into maps by key, and says when there is none',
      '{{range .ClusterList}}{{range .Nodes}}{{.Tags.rack}} {{end}}{{end}}',
      'r7 <no value> ',
    ],
    [
      'knows the whole as $ wherever it is',
      '{{range .ClusterList}}{{range .Nodes}}{{len $.ClusterList}}{{end}}{{end}}',
      '22',
    ],
    [
      'keeps variables to the end of what they are declared in',
      '{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}',
      '21',
    ],
    [
      'changes with = what was declared outside',
      '{{$last := ""}}{{range .ClusterList}}{{$last = .Id}}{{end}}{{$last}}',
      'c2',
    ],
    [
      'collects in a loop',
      '{{$all := ""}}{{range .ClusterList}}{{range .Nodes}}{{$all = printf "%s %s" $all .Id}}{{end}}{{end}}{{$all}}',
      ' n1 n2',
    ],
    [
      'takes fields of variables',
      '{{range $c := .ClusterList}}{{range $n := $c.Nodes}}{{$c.Id}}/{{$n.Hostnames.Storage}} {{end}}{{end}}',
      'c1/[10.0.0.1] c1/[10.0.0.2] ',
    ],
    [
      'hands a value through a pipeline',
      '{{"output" | printf "%s-%q" "a"}} {{"abc" | len | printf "%03d"}}',
      'a-"output" 003',
    ],
  ],
  conditions: [
    ['goes one way of if', '{{if .ClusterList}}yes{{else}}no{{end}}{{if 0}}yes{{else}}no{{end}}', 'yesno'],
    [
      'goes on to else if',
      '{{range 3}}{{if eq . 0}}none{{else if eq . 1}}one{{else}}many{{end}} {{end}}',
      'none one many ',
    ],
    [
      'takes zero, nothing and what is empty for false',
      '{{range .ClusterList}}{{if .Nodes}}nodes{{else}}empty{{end}} {{end}}{{if ""}}x{{end}}{{if 0.0}}x{{end}}{{if "0"}}y{{end}}',
      'nodes empty y',
    ],
    [
      'gives with the value as the dot',
      '{{range .ClusterList}}{{range .Nodes}}{{with .Tags}}{{.air}} {{.rack}}{{else}} none{{end}}{{end}}{{end}}',
      'cold r7 none',
    ],
    ['goes on to else with', '{{with 0}}{{else with 5}}{{.}}{{end}}', '5'],
    ['names the value of with', '{{with $x := 5}}{{$x}}{{.}}{{end}}', '55'],
  ],
  loops: [
    [
      'goes through lists, one within another',
      '{{range .ClusterList}}{{.Id}}:{{range .Nodes}} {{.Id}}({{range .DevicesInfo}}{{.Id}},{{end}}){{else}} no node{{end}}; {{end}}',
      'c1: n1(d1,d2,) n2(d3,); c2: no node; ',
    ],
    [
      'counts with two variables',
      '{{range $i, $c := .ClusterList}}{{if $i}}, {{end}}{{$i}}={{$c.Id}}{{end}}',
      '0=c1, 1=c2',
    ],
    [
      'goes through maps in the order of their keys',
      '{{range .ClusterList}}{{range .Nodes}}{{range $k, $v := .Tags}}{{$k}}:{{$v}} {{end}}{{end}}{{end}}',
      'air:cold rack:r7 ',
    ],
    [
      'counts to a number',
      '{{range 3}}{{.}}{{end}} {{range $i := 2}}{{$i}}{{end}} {{range 0}}x{{else}}none{{end}}',
      '012 01 none',
    ],
    [
      'breaks off and passes over',
      '{{range 9}}{{if eq . 1}}{{continue}}{{end}}{{if eq . 4}}{{break}}{{end}}{{.}}{{end}}',
      '023',
    ],
    [
      'breaks off the inner loop only',
      '{{range 2}}{{range 3}}{{if .}}{{break}}{{end}}{{.}}{{end}};{{end}}',
      '0;0;',
    ],
    [
      'gives variables from outside the values of the round',
      '{{$i := 0}}{{$c := 0}}{{range $i, $c = .ClusterList}}{{end}}{{$i}} {{$c.Id}}',
      '1 c2',
    ],
  ],
  'templates within templates': [
    [
      'uses what is defined, before or behind',
      '{{template "T" 3}}{{define "T"}}[{{.}}]{{end}}{{template "T" "x"}}',
      '[3][x]',
    ],
    [
      'gives it nothing when nothing is handed over',
      '{{define "T"}}[{{.}}]{{end}}{{template "T"}}',
      '[<no value>]',
    ],
    ['lets it see its own $ only', '{{define "T"}}{{$}}{{end}}{{$x := 1}}{{template "T" $x}}', '1'],
    [
      'lets templates use each other and themselves',
      '{{define "R"}}{{if .}}{{len .}}{{template "R" (slice . 1)}}{{end}}{{end}}{{template "R" "abc"}}',
      '321',
    ],
    ['defines and uses at once with block', '{{block "B" 5}}<{{.}}>{{end}}{{template "B" 6}}', '<5><6>'],
    [
      'takes the definition that is not empty',
      '{{define "T"}} {{end}}{{define "T"}}b{{end}}{{template "T"}}',
      'b',
    ],
  ],
  functions: [
    [
      'and, or: the value that decides',
      '{{and 1 0 2}} {{and 1 2}} {{or 0 "" "x"}} {{or 0 ""}}|{{not 0}}',
      '0 2 x |true',
    ],
    [
      'and, or: nothing behind it is looked at',
      '{{and false (index nil 1)}} {{or 1 (index nil 1)}}',
      'false 1',
    ],
    [
      'len: of lists, maps, and texts in bytes',
      '{{range .ClusterList}}{{range .Nodes}}{{len .DevicesInfo}}{{len .Tags}} {{end}}{{end}}{{len "é"}}',
      '22 10 2',
    ],
    [
      'index: by number and by key',
      '{{range .ClusterList}}{{range .Nodes}}{{index .Hostnames.Manage 0}} {{index .Tags "rack"}}{{index .Tags "none"}} {{end}}{{end}}{{index "abc" 1}}',
      'gl1 r7 gl2  98',
    ],
    [
      'slice: of texts and lists',
      '{{slice "hello" 1 3}} {{slice "hello" 2}} {{range .ClusterList}}{{range .Nodes}}{{slice .Hostnames.Manage 1}}{{end}}{{end}}',
      'el llo [gl1.example][]',
    ],
    [
      'eq, ne: with any of several, signed or not',
      '{{eq 1 2 1}} {{eq "a" "b"}} {{ne 1 2}} {{eq nil nil}} {{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}{{eq .Storage.Total 104857600}} {{eq .State "online"}}{{end}}{{end}}{{end}}',
      'true false true true true truetrue truetrue true',
    ],
    [
      'lt, le, gt, ge: numbers and texts',
      '{{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1.5 2.5}} {{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}{{gt .Storage.Free 50000000}}{{end}}{{end}}{{end}}',
      'true true true false truefalsetrue',
    ],
    [
      'print: blanks only between what is no text',
      '{{print 1 2 "a" 3 4 "b" "c" true nil}}|{{println "x" 1}}',
      '1 2a3 4bctrue <nil>|x 1\n',
    ],
    [
      'html, js, urlquery',
      '{{html "<a href=\'x\'>&"}} {{js "it\'s <b>\\n"}} {{urlquery "a b&c=d/é"}} {{html nil 1}}',
      "&lt;a href=&#39;x&#39;&gt;&amp; it\\'s \\u003Cb\\u003E\\u000A a+b%26c%3Dd%2F%C3%A9 &lt;no value&gt;1",
    ],
    [
      "join, kibToGib: heketi-cli's own",
      '{{range .ClusterList}}{{range .Nodes}}{{join .Hostnames.Manage ", "}}; {{end}}{{end}}{{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}{{kibToGib .Storage.Free}} {{end}}{{end}}{{end}}',
      'gl1, gl1.example; gl2; 90 5 50 ',
    ],
  ],
  'how values are shown': [
    [
      'lists in brackets, maps with map',
      '{{range .ClusterList}}{{range .Nodes}}{{.Hostnames.Manage}} {{.Tags}} {{.State}} {{end}}{{end}}',
      '[gl1 gl1.example] map[air:cold rack:r7] online [gl2] map[] failed ',
    ],
    [
      'structs in braces',
      '{{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}{{.Storage}} {{end}}{{end}}{{end}}{{range .ClusterList}}{{range .Volumes}}{{.Durability}} {{.Snapshot}} {{.BlockInfo}} {{end}}{{end}}',
      '{104857600 94371840 10485760} {104857600 5242880 99614720} {104857600 52428800 52428800} {replicate {3} {0 0}} {true 1.1} {0 0 [] (none)} {none {0} {0 0}} {false 1} {3 0 [x y] locked} ',
    ],
    [
      'a number of 32 bits as short as it is',
      '{{range .ClusterList}}{{range .Volumes}}{{.Snapshot.Factor}} {{printf "%.2f" .Snapshot.Factor}} {{printf "%T" .Snapshot.Factor}} {{end}}{{end}}',
      '1.1 1.10 float32 1 1.00 float32 ',
    ],
    [
      'what is not there',
      '{{range .ClusterList}}{{range .Nodes}}{{.Tags.none}} {{printf "%v" .Tags.none}} {{print nil}} {{end}}{{end}}',
      '<no value> <nil> <nil> <no value> <nil> <nil> ',
    ],
    [
      'with names, and as Go is written',
      '{{range .ClusterList}}{{range .Nodes}}{{printf "%+v %#v" .Hostnames .Tags}} {{end}}{{end}}{{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}{{printf "%#v" .Storage}} {{end}}{{end}}{{end}}',
      '{Manage:[gl1 gl1.example] Storage:[10.0.0.1]} map[string]string{"air":"cold", "rack":"r7"} {Manage:[gl2] Storage:[10.0.0.2]} map[string]string{} api.StorageSize{Total:0x6400000, Free:0x5a00000, Used:0xa00000} api.StorageSize{Total:0x6400000, Free:0x500000, Used:0x5f00000} api.StorageSize{Total:0x6400000, Free:0x3200000, Used:0x3200000} ',
    ],
    [
      'restrictions by their word',
      '{{range .ClusterList}}{{range .Volumes}}{{.BlockInfo.Restriction}} {{printf "%q %s" .BlockInfo.Restriction .BlockInfo.Restriction}} {{end}}{{end}}',
      '(none) "(none)" (none) locked "locked" locked ',
    ],
  ],
  printf: [
    ['numbers', '{{printf "%d|%5d|%-5d|%05d|%+d|% d" 42 42 42 42 42 42}}', '42|   42|42   |00042|+42| 42'],
    [
      'numbers to other bases',
      '{{printf "%x %X %#x %o %#o %O %b %c %q %U" 255 255 255 8 8 8 5 65 65 65}}',
      "ff FF 0xff 10 010 0o10 101 A 'A' U+0041",
    ],
    [
      'numbers with so many digits',
      '{{printf "%.3d|%8.3d|%-8.3d|%08.3d|%.0d" 5 5 5 5 0}}',
      '005|     005|005     |     005|',
    ],
    [
      'texts',
      '{{printf "%s|%5s|%-5s|%.2s|%q|%x|% X|%05s" "abc" "abc" "abc" "abc" "a\\"b" "abc" "abc" "abc"}}',
      'abc|  abc|abc  |ab|"a\\"b"|616263|61 62 63|00abc',
    ],
    ['widths in characters', '{{printf "%5s|%-5s|%.1s" "é" "é" "éa"}}', '    é|é    |é'],
    [
      'fractions',
      '{{printf "%f|%.2f|%8.3f|%-8.1f|%08.2f|%+.1f|%e|%g|%G" 3.14159 3.14159 3.14159 3.14159 -3.14159 3.14159 1234.5 1234.5 1e-7}}',
      '3.141590|3.14|   3.142|3.1     |-0003.14|+3.1|1.234500e+03|1234.5|1E-07',
    ],
    [
      'halves to the even digit',
      '{{printf "%.0f %.0f %.0f %.1f %.2f %.20f" 0.5 1.5 2.5 0.25 1.005 0.1}}',
      '0 2 2 0.2 1.00 0.10000000000000000555',
    ],
    [
      'truths, types and the percent sign',
      '{{printf "%t %5t %T %T %%" true false 1 "a"}}',
      'true false int string %',
    ],
    [
      'widths and precisions from arguments',
      '{{printf "%*d|%-*d|%*d|%.*f|%[2]*[1]d" 5 1 5 1 -5 1 2 1.5 3}}|{{printf "%[2]d %[1]d" 1 2}}',
      '    1|1    |1    |1.50|5|2 1',
    ],
    [
      'tells a verb that does not fit',
      '{{printf "%d %s %t %z" "x" 3 3 1}} {{printf "%d" nil}} {{printf "%.1f" 3}}',
      '%!d(string=x) %!s(int=3) %!t(int=3) %!z(int=1) %!d(<nil>) %!f(int=3)',
    ],
    [
      'tells what is missing or too much',
      '{{printf "%d"}} {{printf "x" 1 "a"}} {{printf "%"}} {{printf "%[3]d" 1}} {{printf "%*d" "a" 1}}',
      '%!d(MISSING) x%!(EXTRA int=1, string=a) %!(NOVERB) %!d(BADINDEX) %!(BADWIDTH)1',
    ],
    [
      'lists and structs under their verb',
      '{{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}{{printf "%5d|%q " .Storage .Paths}}{{end}}{{end}}{{end}}',
      '{104857600 94371840 10485760}|["/dev/vdb" "/dev/disk/by-id/virtio-abc"] {104857600 5242880 99614720}|["/dev/vdb" "/dev/disk/by-id/virtio-abc"] {104857600 52428800 52428800}|[] ',
    ],
    [
      'columns',
      '{{range .ClusterList}}{{range $n := .Nodes}}{{range .DevicesInfo}}{{printf "%-12s %-10s %8s\\n" (index $n.Hostnames.Manage 0) .Name (kibToGib .Storage.Free)}}{{end}}{{end}}{{end}}',
      'gl1          /dev/vdb         90\ngl1          /dev/vdc          5\ngl2          /dev/disk/by-id/a-very-long-name       50\n',
    ],
  ],
};
