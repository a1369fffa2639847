using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Fovea.Workbench.Tests.Reports;

/// <summary>The page about a run, read by a parser that follows the HTML standard.</summary>
public sealed class RunReportTests
{
    private const int MostBytes = 2_000_000;
    private const string Hostile =
        "<script>alert(1)</script>\"'&]]>--><img src=x onerror=alert(2)>\u202E\0\u0007\uD800";

    public static TheoryData<string> Ends => ["finished", "stopped", "failed", "empty"];

    [Fact]
    public void PublishedRates_AreCountsOfKnownCauses()
    {
        Assert.NotEmpty(RunReport.PublishedRates);
        Assert.All(
            RunReport.PublishedRates,
            r =>
            {
                Assert.Contains(r.Cause, Cause.InOrder);
                Assert.InRange(r.Found, 0, r.Planted);
                Assert.InRange(r.FalseAlarms, 0, r.Healthy);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Html_OfEveryEndOfARun_HasTheEightSectionsAndIsWellFormed(string end)
    {
        IDocument page = Parse(RunReport.Html(Run(end)));
        Assert.Equal(
            [.. Enumerable.Range(1, 8).Select(i => $"section-{i}")],
            page.QuerySelectorAll("main > section").Select(s => s.Id!)
        );
        Assert.All(page.QuerySelectorAll("main > section"), s => Assert.True(s.TextContent.Trim().Length > 40, s.Id));
        string[] ids = [.. page.QuerySelectorAll("[id]").Select(e => e.Id!)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(page.QuerySelectorAll("nav a"), a => Assert.NotNull(page.QuerySelector(a.GetAttribute("href")!)));
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Html_OfEveryEndOfARun_AsksForNothingAndRunsNothing(string end)
    {
        IDocument page = Parse(RunReport.Html(Run(end)));
        Assert.Empty(page.QuerySelectorAll("script, iframe, object, embed, form, base"));
        foreach (IElement element in page.All)
        {
            foreach (IAttr attribute in element.Attributes)
            {
                Assert.False(
                    attribute.Name.StartsWith("on", StringComparison.Ordinal),
                    $"{element.LocalName} has {attribute.Name}"
                );
                if (attribute.Name is "src" or "href" or "xlink:href" or "action" or "srcset")
                {
                    Assert.True(
                        attribute.Value.StartsWith('#')
                            || attribute.Value.StartsWith("data:", StringComparison.Ordinal),
                        $"{element.LocalName} refers to {attribute.Value}"
                    );
                }
            }
        }

        string style = page.QuerySelector("style")!.TextContent;
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Html_EveryChart_HasANameADescriptionASentenceAndItsNumbers(string end)
    {
        IDocument page = Parse(RunReport.Html(Run(end)));
        IElement[] charts = [.. page.QuerySelectorAll("figure.chart")];
        Assert.True(charts.Length >= (end == "empty" ? 0 : 4), $"{charts.Length} charts");
        foreach (IElement chart in charts)
        {
            IElement drawing = Assert.Single(chart.QuerySelectorAll("svg[role=img]"));
            string[] names = drawing.GetAttribute("aria-labelledby")!.Split(' ');
            Assert.Equal(["title", "desc"], names.Select(n => page.GetElementById(n)!.LocalName));
            Assert.All(
                names,
                n => Assert.True(page.GetElementById(n)!.TextContent.Trim().Length > 3, $"{chart.Id}: {n} is empty")
            );
            Assert.True(chart.QuerySelector("figcaption")!.TextContent.Length > 30, $"{chart.Id} has no sentence");
            Assert.True(chart.QuerySelectorAll("details table tbody tr").Length > 0, $"{chart.Id} has no numbers");
        }

        Assert.Equal(charts.Length, page.QuerySelectorAll("svg[role=img]").Length);
    }

    [Fact]
    public void Html_CauseThatTwoQuestionsFound_IsOneCardWithBothAndWhatItExplains()
    {
        RunReportData failed = ReportRuns.Failed();
        Answer second = ReportRuns.RateTooHigh with
        {
            Id = "3.13",
            Question = "Is something broken?",
            Finding = "Second sight.",
        };
        IDocument page = Parse(
            RunReport.Html(
                failed with
                {
                    Answers =
                    [
                        ReportRuns.RateTooHigh,
                        second,
                        ReportRuns.DeadUnits with
                        {
                            ExplainedBy = ReportRuns.RateTooHigh.Id,
                        },
                    ],
                }
            )
        );
        IElement card = Assert.Single(page.QuerySelectorAll("#section-1 .card"));
        string[] terms = [.. card.QuerySelectorAll("dt").Select(t => t.TextContent)];
        Assert.Equal(["Where", "Since", "Do", "Options", "Try", "Limit", "Seen too", "It explains"], terms);
        IElement[] values = [.. card.QuerySelectorAll("dd")];
        Assert.Equal("3.13 Is something broken? Second sight.", values[6].TextContent);
        Assert.Contains("8 of 16 units", values[7].TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("#section-1 .findings li"));
    }

    [Fact]
    public void Html_CommandsOfALongNetwork_NameItOnce()
    {
        const string Text = "input 1x8x8; conv 4 3 padding=same; relu; flatten; linear 10";
        string quoted = ShellText.Quote(Text);
        RunReportData run = ReportRuns.Failed() with
        {
            Network = ReportRuns.Network(Text),
            Answers =
            [
                ReportRuns.RateTooHigh with
                {
                    Experiment = $"fovea train {quoted} --lr 0.05 --seed 1\nfovea train {quoted} --lr 0.5 --seed 1",
                },
            ],
        };
        string[] lines = Parse(RunReport.Html(run)).QuerySelector(".card pre")!.TextContent.Split('\n');
        Assert.Equal(
            [
                .. ShellText.Assign(Text, 90),
                "fovea train \"$NET\" --lr 0.05 --seed 1",
                "fovea train \"$NET\" --lr 0.5 --seed 1",
            ],
            lines
        );
    }

    [Fact]
    public void Html_AnswerThatSaysWhatItCrossed_ShowsValueLimitAndSource()
    {
        RunReportData failed = ReportRuns.Failed();
        Answer answer = ReportRuns.RateTooHigh with
        {
            Crossed = [new Crossing("mean cosine", -0.41, "<", -0.2, "Baydin 2018")],
        };
        IElement card = Parse(RunReport.Html(failed with { Answers = [answer] })).QuerySelector("#section-1 .card")!;
        Assert.Equal("mean cosine -0.41 < -0.2 (Baydin 2018)", card.QuerySelector("dd li")!.TextContent);
    }

    // Each of ten classes has 1,000 of 10,000 test items.
    [Fact]
    public void Html_FirstScreen_HasChanceBesideTheAccuracyAndTheChoicesOfTheRun()
    {
        IElement verdict = Parse(RunReport.Html(ReportRuns.Finished())).GetElementById("section-1")!;
        Assert.Contains(
            "by chance 10.0 %: always the most common class",
            verdict.QuerySelector(".figures div")!.TextContent,
            StringComparison.Ordinal
        );
        string choices = verdict.QuerySelector(".choices")!.TextContent;
        Assert.All(
            ["learning rate", "optimizer sgd,momentum=0.9", "seed 0"],
            c => Assert.Contains(c, choices, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Html_TestItemsThatWereLearnedFrom_AreMarkedAtTheAccuracyTheySpoil()
    {
        RunReportData run = ReportRuns.Finished();
        IDocument page = Parse(
            RunReport.Html(
                run with
                {
                    Measured = run.Measured! with
                    {
                        Data = new DataReport { Copies = [new PartCopies("test", 2, [new(3, 17), new(9, 4)])] },
                    },
                }
            )
        );
        Assert.EndsWith(
            "▲ 2 of these items were learned from: test 3 = train 17, test 9 = train 4",
            page.QuerySelector("#section-1 .figures div")!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Html_OfNetworkText_HasAShortTitleAndTheTextInFull()
    {
        const string Text = "input 1x8x8; conv 4 3; relu; flatten; linear 10";
        RunReportData run = ReportRuns.Finished() with { Network = ReportRuns.Network(Text) };
        IDocument page = Parse(RunReport.Html(run));
        // (9 + 1) x 4 for the convolution, (4 x 36 + 1) x 10 for the linear layer.
        Assert.Equal("Conv network of 2 layers, 1,490 parameters", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(Text, page.QuerySelector("header pre")!.TextContent);
    }

    [Fact]
    public void Html_OfAFailedRun_SaysCauseLayerUpdateAndRemedyFirst()
    {
        IElement verdict = Parse(RunReport.Html(ReportRuns.Failed())).GetElementById("section-1")!;
        IElement card = verdict.QuerySelector(".card")!;
        Assert.Equal("✖ fix Rate too high", card.QuerySelector("h3")!.TextContent);
        Assert.Contains("conv1, layer1.0.conv1", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("update 150", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("Lower the learning rate from 0.5 to 0.05.", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("--lr 0.05", card.TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "no longer finite after update 431",
            verdict.QuerySelector(".outcome")!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Html_WithoutRates_SaysThatNoneIsPublished() =>
        Assert.Contains(
            "None is published yet",
            Parse(RunReport.Html(ReportRuns.Failed())).GetElementById("section-8")!.TextContent,
            StringComparison.Ordinal
        );

    [Fact]
    public void Html_WithRates_GivesTheirIntervals()
    {
        // Wilson, 19 of 20: 76.4 - 99.1 % (E. B. Wilson 1927; by hand).
        string text = Parse(RunReport.Html(ReportRuns.Finished())).GetElementById("section-8")!.TextContent;
        Assert.Contains("19 of 20 (95 % interval 76.4 – 99.1 %)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_WithHostileNames_ShowsThemAsText()
    {
        RunReportData data = ReportRuns.Failed();
        data = data with
        {
            Answers =
            [
                ReportRuns.RateTooHigh with
                {
                    Finding = Hostile,
                    Layers = [Hostile],
                    Remedy = Hostile,
                    Cause = Hostile,
                },
            ],
            Command = Hostile,
            WithoutNetwork = Hostile,
            Network = null,
            Run = new()
            {
                ["model"] = Hostile,
                ["data"] = new System.Text.Json.Nodes.JsonObject { ["name"] = Hostile },
            },
            Measured = data.Measured! with
            {
                Run = data.Measured.Run with
                {
                    Points = [.. data.Measured.Run.Points.Select(p => p with { Name = Hostile })],
                    Classes = [.. ReportRuns.Ten.Select(_ => Hostile)],
                },
            },
            Result = data.Result! with { Message = Hostile, Test = ReportRuns.Test([Hostile, Hostile + "2"], 1) },
            Mistakes = [new ReportedItem(0, Hostile, Hostile, 1, 1)],
        };
        IDocument page = Parse(RunReport.Html(data));
        Assert.Empty(page.QuerySelectorAll("script, img"));
        string shown = Hostile
            .Replace("\0", "\uFFFD", StringComparison.Ordinal)
            .Replace("\u0007", "\uFFFD", StringComparison.Ordinal)
            .Replace("\uD800", "\uFFFD", StringComparison.Ordinal);
        Assert.Equal(shown, page.QuerySelector("#section-8 pre code")!.TextContent);
        Assert.Equal(shown, page.QuerySelector(".card > p")!.TextContent);
    }

    [Fact]
    public void Html_OfAMillionUpdatesWithOneSpike_IsSmallAndKeepsIt()
    {
        RunReportData data = ReportRuns.Finished();
        data = data with { Measured = data.Measured! with { Steps = new LongRun(1_000_000, spike: 731_234) } };
        string html = RunReport.Html(data);
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 10_000, MostBytes);
        IElement loss = Parse(html).GetElementById("loss")!;
        Assert.Contains(
            "a peak of 987.6 near update 73",
            loss.QuerySelector("figcaption")!.TextContent,
            StringComparison.Ordinal
        );
        string[] points = loss.QuerySelector("path.area")!.GetAttribute("d")!.Trim('M', 'Z').Split('L');
        Assert.InRange(points.Length, 2, 1200);
        (double X, double Y)[] places =
        [
            .. points
                .Select(p =>
                    p.Split(' ')
                        .Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture))
                        .ToArray()
                )
                .Select(p => (p[0], p[1])),
        ];
        (double X, double Y) top = places.MinBy(p => p.Y);
        Assert.InRange(top.X, 730, 733); // of 1000 across: within a bucket of the spike
        double next = places.Where(p => Math.Abs(p.X - top.X) > 2).Min(p => p.Y);
        Assert.True(next - top.Y > 50, $"the spike stands at {top.Y} pixels, the next highest at {next}");
    }

    [Fact]
    public void Html_OfTheLargestThings_StaysBelowTwoMegabytes()
    {
        string[] classes = [.. Enumerable.Range(0, 1000).Select(i => $"class number {i} of a long list of classes")];
        RunReportData data = ReportRuns.Finished("resnet50");
        data = data with
        {
            Mistakes = ReportRuns.Mistakes(400, channels: 3),
            Result = data.Result! with { Test = ReportRuns.Test(classes, 5, each: 50) },
            Measured = data.Measured! with
            {
                Run = data.Measured.Run with { Classes = classes },
                Data = data.Measured.Data! with
                {
                    TrainPerClass = [.. classes.Select((_, i) => 1300 - i)],
                    TestPerClass = [.. classes.Select(_ => 50)],
                },
            },
        };
        string html = RunReport.Html(data);
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 500_000, MostBytes);
        IDocument page = Parse(html);
        Assert.Equal(200, page.QuerySelectorAll(".items li").Length);
        Assert.Equal(
            15,
            page.GetElementById("section-6")!.QuerySelector("h3 + .scroll table tbody")!.ChildElementCount
        );
    }

    [Fact]
    public void Html_OfSchedules_MarksJumpsAndNoSmoothChange()
    {
        // Lines of 16 updates: a warm-up that doubles, a cosine that falls ever faster, a step to a tenth, a warm restart.
        Assert.Empty(Rates([0.01, 0.02, 0.04, 0.08, 0.1]));
        Assert.Empty(Rates([0.1, 0.09, 0.05, 0.01, 0.0001]));
        Assert.Equal(["A update 48: learning rate from 0.1 to 0.01"], Rates([0.1, 0.1, 0.1, 0.01, 0.01]));
        Assert.Equal(["A update 48: learning rate from 0.001 to 0.1"], Rates([0.1, 0.05, 0.001, 0.1, 0.09]));

        static string[] Rates(double[] rates)
        {
            RunReportData data = new()
            {
                Measured = ReportRuns.Stopped().Measured! with
                {
                    Steps =
                    [
                        .. rates.Select(
                            (r, i) =>
                                new MeasuredStep
                                {
                                    Step = 16 * i,
                                    Loss = 1,
                                    LearningRate = r,
                                }
                        ),
                    ],
                },
            };
            return [.. Parse(RunReport.Html(data)).QuerySelectorAll("ul.marks li").Select(l => l.TextContent)];
        }
    }

    [Fact]
    public void Html_TwentyClasses_HaveNumbersAndTwentyOneAreShaded()
    {
        IDocument page = Parse(Html(20));
        Assert.Equal(400, page.QuerySelectorAll("table.confusion tbody td").Length);
        Assert.Equal("1000", Sum(page).ToString(System.Globalization.CultureInfo.InvariantCulture));
        page = Parse(Html(21));
        Assert.Empty(page.QuerySelectorAll("table.confusion"));
        Assert.NotNull(page.QuerySelector("#confusion image"));

        static string Html(int count)
        {
            RunReportData data = ReportRuns.Finished();
            return RunReport.Html(
                data with
                {
                    Result = data.Result! with
                    {
                        Test = ReportRuns.Test([.. Enumerable.Range(0, count).Select(i => $"c{i}")], 2),
                    },
                }
            );
        }

        static long Sum(IDocument page) =>
            page.QuerySelector("table.confusion tbody tr")!
                .QuerySelectorAll("td")
                .Sum(c => long.Parse(c.TextContent, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Write_IntoAFolder_ReplacesThePageAndLeavesTheEndBesideIt()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, RunReport.FileName), "old");
        string path = RunReport.Write(folder.Path, ReportRuns.Stopped());
        Assert.Equal(
            ["report.html", "result.json"],
            Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
        );
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(path), StringComparison.Ordinal);
    }

    internal static RunReportData Run(string end) =>
        end switch
        {
            "finished" => ReportRuns.Finished(),
            "stopped" => ReportRuns.Stopped(),
            "failed" => ReportRuns.Failed(),
            _ => new RunReportData(),
        };

    private static IDocument Parse(string html) =>
        new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);
}
