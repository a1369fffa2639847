using System.Text;

namespace Fovea.Workbench.Tests.Questions;

public sealed class AnswerJsonTests
{
    [Fact]
    public void Read_WhatWasWritten_HasWhatWasCrossedAndWhatExplains()
    {
        Answer answer = new()
        {
            Id = "3.3",
            Question = "Are units dead?",
            Verdict = Verdict.Look,
            Finding = "Some are.",
            Crossed =
            [
                new("share of dead units", 0.91, ">", 0.5, "limit of ours"),
                new("loss", double.NaN, "<", 1, "x"),
            ],
            ExplainedBy = "3.5",
        };
        using MemoryStream stream = new();
        AnswerJson.Write(stream, [answer]);
        Answer read = Assert.Single(AnswerJson.Read(Encoding.UTF8.GetString(stream.ToArray())));
        Assert.Equal(answer.Crossed, read.Crossed);
        Assert.Equal("3.5", read.ExplainedBy);
        Assert.Equal("share of dead units 0.91 > 0.5", read.Crossed[0].Text);
    }

    /// <summary>As earlier versions wrote it.</summary>
    [Fact]
    public void Read_OfAnEarlierVersion_LeavesOutWhatItDidNotHave()
    {
        Answer read = Assert.Single(
            AnswerJson.Read(
                """
                {"answers": [{"id": "3.3", "question": "q", "verdict": "look", "finding": "f", "layers": [], "onsetStep": null,
                "predicted": {}, "measured": {}, "threshold": "", "source": "", "remedy": "", "experiment": "", "cause": "",
                "options": {}}]}
                """
            )
        );
        Assert.Empty(read.Crossed);
        Assert.Equal("", read.ExplainedBy);
    }
}
