using System.Text.Json;
using Fovea.Workbench;
using Fovea.Workbench.Tests.Reports;
using Microsoft.Playwright;

namespace Fovea.Browser.Tests;

/// <summary>Pages about runs in a real browser. With FOVEA_SCREENSHOTS naming a folder, pictures of them are left there.</summary>
public sealed class RunReportTests : IClassFixture<Browser>, IDisposable
{
    private readonly Browser _browser;
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-test-").FullName;

    public RunReportTests(Browser browser) => _browser = browser;

    public static TheoryData<string, int> Widths
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (string end in new[] { "finished", "stopped", "failed", "manyclasses" })
            {
                foreach (int width in new[] { 320, 768, 1280 })
                {
                    all.Add(end, width);
                }
            }

            return all;
        }
    }

    public static TheoryData<string, bool> Schemes =>
        new()
        {
            { "finished", false },
            { "finished", true },
            { "failed", false },
            { "failed", true },
            { "stopped", false },
            { "manyclasses", true },
        };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserTheory]
    [MemberData(nameof(Widths))]
    public async Task Page_Offline_OpensWithoutARequestAndFitsTheScreen(string end, int width)
    {
        string path = Write(end);
        await using OpenPage open = await _browser.Open(path, width);
        await Picture(open.Page, $"{end}-{width}");
        Assert.Equal(8, await open.Page.Locator("main > section").CountAsync());
        Assert.Equal(
            [new Uri(path).AbsoluteUri],
            open.Requests.Where(r => !r.StartsWith("data:", StringComparison.Ordinal))
        );
        Assert.Empty(open.Complaints);
        int wide = await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(wide <= width, $"the page of {width} pixels is {wide} wide: {await Widest(open.Page, width)}");
        string[] cut = await open.Page.EvaluateAsync<string[]>(Overlaps);
        Assert.True(cut.Length == 0, string.Join("\n", cut));
    }

    [BrowserTheory]
    [MemberData(nameof(Schemes))]
    public async Task Page_InEitherScheme_HasItsColours(string end, bool dark)
    {
        await using OpenPage open = await _browser.Open(Write(end), dark: dark);
        await Picture(open.Page, $"{end}-{(dark ? "dark" : "light")}");
        string paper = await open.Page.EvaluateAsync<string>(
            "getComputedStyle(document.documentElement).backgroundColor"
        );
        Assert.Equal(dark ? "rgb(20, 23, 27)" : "rgb(255, 255, 255)", paper);
        await open.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        Assert.Equal(
            "rgb(255, 255, 255)",
            await open.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor")
        );
        if (Environment.GetEnvironmentVariable("FOVEA_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await open.Page.PdfAsync(new PagePdfOptions { Path = Path.Combine(folder, $"{end}.pdf"), Format = "A4" });
        }
    }

    [BrowserTheory]
    [InlineData("failed")]
    public async Task Verdict_OnALaptopsScreen_StandsOnTheFirstScreen(string end)
    {
        await using OpenPage open = await _browser.Open(Write(end));
        LocatorBoundingBoxResult card = (await open.Page.Locator(".card").First.BoundingBoxAsync())!;
        Assert.InRange(card.Y + card.Height, 1, 720); // below 900 less what a browser's own bars take
    }

    [AxeTheory]
    [MemberData(nameof(Schemes))]
    public async Task Axe_OnThePage_FindsNoSeriousFault(string end, bool dark)
    {
        await using OpenPage open = await _browser.Open(Write(end), dark: dark);
        await open.Page.AddScriptTagAsync(
            new PageAddScriptTagOptions { Content = await File.ReadAllTextAsync(Browser.Axe!) }
        );
        await open.Page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = true)");
        string json = await open.Page.EvaluateAsync<string>("axe.run().then(r => JSON.stringify(r))");
        using JsonDocument result = JsonDocument.Parse(json);
        Assert.True(result.RootElement.GetProperty("passes").GetArrayLength() > 15, "axe tried next to nothing");
        string[] faults =
        [
            .. result
                .RootElement.GetProperty("violations")
                .EnumerateArray()
                .Where(v => v.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(v =>
                    $"{v.GetProperty("id")}: {v.GetProperty("help")}: {v.GetProperty("nodes")[0].GetProperty("html")} {v.GetProperty("nodes")[0].GetProperty("failureSummary")}"
                ),
        ];
        Assert.True(faults.Length == 0, string.Join("\n", faults));
    }

    [BrowserTheory]
    [InlineData("finished")]
    public async Task Keyboard_OnThePage_ReachesTheNumbersAndSeesWhereItIs(string end)
    {
        await using OpenPage open = await _browser.Open(Write(end));
        await open.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("To the verdict", await Focused("e.textContent"));
        for (int i = 0; i < 60 && await Focused("e.localName") != "summary"; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Equal("summary", await Focused("e.localName"));
        Assert.NotEqual("0px", await Focused("getComputedStyle(e).outlineWidth"));
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("true", await Focused("String(e.parentElement.open)"));

        Task<string> Focused(string what) => open.Page.EvaluateAsync<string>($"(e => {what})(document.activeElement)");
    }

    // Texts of a drawing that are shown and lie on each other, or outside the page.
    private const string Overlaps = """
        () => {
          const bad = [];
          for (const svg of document.querySelectorAll('svg[role=img]')) {
            const texts = [...svg.querySelectorAll('text')]
              .map(t => ({ t, r: t.getBoundingClientRect() })).filter(x => x.r.width > 0);
            for (let i = 0; i < texts.length; i++) {
              const a = texts[i].r, name = texts[i].t.textContent;
              if (a.left < -0.5 || a.right > innerWidth + 0.5) bad.push(`${svg.closest('figure').id}: '${name}' is cut`);
              for (let j = i + 1; j < texts.length; j++) {
                const b = texts[j].r;
                const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (w > 1 && h > 5) bad.push(`${svg.closest('figure').id}: '${name}' lies on '${texts[j].t.textContent}'`);
              }
            }
          }
          return bad;
        }
        """;

    private static async Task<string> Widest(IPage page, int width) =>
        string.Join(
            ", ",
            await page.EvaluateAsync<string[]>(
                $"[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > {width} && !e.closest('.scroll')).slice(0, 5).map(e => e.localName + '.' + (e.getAttribute('class') || e.textContent.slice(0, 30)))"
            )
        );

    private static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FOVEA_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true }
            );
        }
    }

    private string Write(string end)
    {
        RunReportData finished = ReportRuns.Finished();
        RunReportData data = end switch
        {
            "finished" => finished,
            "failed" => ReportRuns.Failed(),
            "manyclasses" => finished with
            {
                Result = finished.Result! with
                {
                    Test = ReportRuns.Test([.. Enumerable.Range(0, 100).Select(i => $"class number {i}")], 9, 100),
                },
            },
            _ => ReportRuns.Stopped(),
        };
        return RunReport.Write(_folder, data);
    }
}
