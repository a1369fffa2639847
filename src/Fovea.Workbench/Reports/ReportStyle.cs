using System.Text;

namespace Fovea.Workbench.Reports;

/// <summary>The page's style sheet. Its colours are those of <see cref="Palette"/>.</summary>
internal static class ReportStyle
{
    // Dashes of the curves, in the order of their colours.
    private static readonly string[] _dashes = ["none", "7 3", "2 3", "9 3 2 3"];

    public static string Css { get; } =
        $":root{{color-scheme:light dark;{Variables(Palette.Light)}}}\n"
        + $"@media screen and (prefers-color-scheme:dark){{:root{{{Variables(Palette.Dark)}}}}}\n"
        + Series()
        + Rules;

    private static string Variables(Scheme s)
    {
        StringBuilder css = new(
            $"--paper:{s.Paper};--panel:{s.Panel};--ink:{s.Ink};--muted:{s.Muted};--rule:{s.Rule};--grid:{s.Grid};--link:{s.Link};"
        );
        for (int i = 0; i < s.Series.Count; i++)
        {
            css.Append($"--s{i}:{s.Series[i]};");
        }

        return css.Append(
                $"--fix:{s.Verdicts[0]};--look:{s.Verdicts[1]};--cannot-tell:{s.Verdicts[2]};--ok:{s.Verdicts[3]};"
            )
            .ToString();
    }

    private static string Series()
    {
        StringBuilder css = new();
        for (int i = 0; i < _dashes.Length; i++)
        {
            css.Append($".line.s{i}{{stroke:var(--s{i});stroke-dasharray:{_dashes[i]}}}");
            css.Append($".area.s{i}{{fill:var(--s{i});stroke:var(--s{i})}}.mark.s{i}{{fill:var(--s{i})}}\n");
        }

        return css.ToString();
    }

    private const string Rules = """
        *{box-sizing:border-box}
        html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:1240px;padding:0 16px 32px;overflow-wrap:anywhere}
        h1{font-size:1.5rem;line-height:1.25;margin:20px 0 4px}
        h2{font-size:1.25rem;margin:0 0 12px;padding-top:20px;border-top:2px solid var(--rule)}
        h3{font-size:1.05rem;margin:20px 0 8px}
        section{margin-top:32px}
        h1,h2,h3,p,td,th,li,dd,code,b,figcaption{unicode-bidi:isolate}
        p,li,dd,figcaption{max-width:80ch}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .skip-link{position:absolute;left:-999px}
        .skip-link:focus{left:16px;top:8px;background:var(--paper);padding:4px 8px}
        .facts{color:var(--muted);margin:0 0 12px}
        nav ol{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:0;padding:0}
        nav a{display:inline-block;padding:3px 0}
        code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
        code{background:var(--panel);padding:1px 4px;border-radius:3px}
        pre{background:var(--panel);padding:10px 12px;border-radius:4px;white-space:pre-wrap}
        pre code{padding:0}
        .card pre{margin:0;padding:4px 8px}
        .card{border:1px solid var(--rule);border-left:6px solid var(--cannot-tell);border-radius:4px;background:var(--panel);padding:12px 16px;margin:0 0 12px;max-width:none}
        .card.fix{border-left-color:var(--fix)}
        .card.look{border-left-color:var(--look)}
        .card.ok{border-left-color:var(--ok)}
        .card h3{margin:0 0 6px;font-size:1.2rem}
        .card p{margin:0 0 8px}
        .card code,.card pre{background:var(--paper)}
        .outcome{border:2px solid var(--fix);border-radius:4px;padding:10px 14px;max-width:none}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 14px;margin:0}
        dt{color:var(--muted)}
        dd{margin:0}
        .whole{white-space:nowrap}
        .verdict{font-weight:700;white-space:nowrap}
        .verdict.fix{color:var(--fix)}
        .verdict.look{color:var(--look)}
        .verdict.cannot-tell{color:var(--cannot-tell)}
        .verdict.ok,.card.ok .verdict{color:var(--ok)}
        .figures{display:flex;flex-wrap:wrap;gap:10px 32px;margin:16px 0}
        .figures div{display:flex;flex-direction:column}
        .figures .value{font-size:1.5rem;font-weight:600;line-height:1.2}
        .label{color:var(--muted);font-size:.875rem}
        .label.doubt{color:var(--look);font-weight:600;max-width:44ch}
        .choices{display:flex;flex-wrap:wrap;gap:2px 20px;list-style:none;margin:0 0 12px;padding:0;color:var(--muted);font-size:.9375rem}
        .choices b{color:var(--ink)}
        .plain{list-style:none;margin:0;padding:0}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,540px),1fr));gap:20px 24px;align-items:start}
        .charts>*{min-width:0}
        figure{margin:0}
        section>figure{margin:16px 0}
        figcaption{margin-bottom:4px;font-size:.9375rem}
        .plot{padding:44px 140px 44px 56px}
        .plot.rows,.plot.strip{padding:22px 84px 40px 168px}
        .plot.map{padding-right:16px}
        .plot.square{max-width:660px}
        .plot.strip{padding:8px 8px 8px 72px}
        .plot svg{display:block;overflow:visible}
        svg text{font-size:12px;fill:var(--ink)}
        svg .tick{fill:var(--muted)}
        svg .unit{fill:var(--muted);font-style:italic}
        svg .value{fill:var(--ink)}
        svg .end{text-anchor:end}
        svg .middle{text-anchor:middle}
        svg .code{font-weight:700}
        svg .name{font-weight:600}
        .grid{stroke:var(--grid);stroke-width:1}
        .axis{stroke:var(--rule);stroke-width:1}
        .line{fill:none;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
        .area{fill-opacity:.22;stroke-opacity:.55;stroke-width:1;stroke-linejoin:round;vector-effect:non-scaling-stroke}
        .mark{stroke:var(--paper);stroke-width:1}
        .event{stroke:var(--rule);stroke-width:1.5}
        .event.onset{stroke:var(--fix)}
        .event.rate{stroke-dasharray:2 3}
        .event.best{stroke:var(--ok);stroke-dasharray:8 3}
        .event.resumed{stroke-dasharray:8 3 2 3}
        .event.halo{stroke:var(--paper);stroke-width:5}
        svg .code.onset{fill:var(--fix)}
        svg .code.best{fill:var(--ok)}
        .leader{stroke:var(--rule);stroke-width:1;stroke-dasharray:1 3}
        .findings{list-style:none;margin:0;padding:0}
        .findings li{border-top:1px solid var(--grid);padding:8px 0;max-width:100ch}
        .findings p{margin:2px 0;max-width:none}
        .bar{stroke:var(--paper);stroke-width:1}
        .b0{fill:var(--s0)}
        .b1{fill:var(--s1)}
        .flagged{fill:var(--fix);stroke:var(--ink);stroke-width:2}
        .skip{fill:none;stroke:var(--rule);stroke-width:1.5;vector-effect:non-scaling-stroke}
        .cells{image-rendering:pixelated}
        .scale{color:var(--muted);font-size:.875rem;margin:0}
        .scale .ramp{vertical-align:-1px}
        .key{display:none;flex-wrap:wrap;gap:2px 16px;list-style:none;margin:0 0 6px;padding:0;font-size:.875rem}
        .key svg{vertical-align:0;overflow:visible}
        .marks{margin:0 0 12px;padding-left:1.4em;font-size:.9375rem}
        ul.marks{list-style:none;padding:0}
        details{margin:6px 0}
        summary{cursor:pointer;color:var(--link);padding:3px 0;width:fit-content}
        .scroll{overflow-x:auto;margin:4px 0 12px;max-width:100%}
        table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
        th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid var(--grid);font-weight:400;min-width:4ch;max-width:44ch}
        thead th{font-weight:600;border-bottom:1px solid var(--rule);vertical-align:bottom;overflow-wrap:normal}
        .number{text-align:right}
        td.number{white-space:nowrap}
        caption{text-align:left;padding-bottom:6px}
        .confusion th,.confusion td{padding:4px 6px;border:1px solid var(--grid)}
        .confusion td{text-align:right}
        .confusion .right{font-weight:700}
        .confusion thead th{white-space:normal;vertical-align:bottom;max-width:9ch;font-weight:400}
        .confusion tbody th{white-space:nowrap;max-width:none}
        .items{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:12px;list-style:none;margin:0;padding:0}
        .items li{display:flex;flex-direction:column;gap:2px;font-size:.875rem}
        .items img{image-rendering:pixelated;object-fit:contain;background:var(--panel);border:1px solid var(--grid)}
        footer{margin-top:40px;border-top:1px solid var(--rule);color:var(--muted);font-size:.875rem}
        @media (max-width:640px){
        .plot{padding:44px 12px 44px 52px}
        .plot.rows{padding-left:132px;padding-right:72px}
        .plot.rows .tick.end{font-size:10px}
        .plot.map{padding-right:12px}
        .plot.strip{padding:8px 4px 8px 60px}
        .name,.rare{display:none}
        .flagged{stroke-width:1}
        .key{display:flex}
        dl{grid-template-columns:1fr}
        dt{margin-top:4px}
        }
        @page{margin:14mm}
        @media print{
        html{font-size:11px}
        body{max-width:none;padding:0}
        nav,.skip-link{display:none}
        .plot svg,.cells,.confusion td,.bar,.card{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        figure,.card,tr,.items li{break-inside:avoid}
        h2,h3{break-after:avoid}
        .scroll{overflow:visible}
        td.number{white-space:normal}
        }

        """;
}
