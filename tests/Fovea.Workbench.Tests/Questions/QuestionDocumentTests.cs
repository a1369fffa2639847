using Fovea.Testing;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>Every question has its section, and every section its question.</summary>
public sealed class QuestionDocumentTests
{
    [Fact]
    public void BuiltInAndMeasured_NameEveryQuestionOfTheLibrary() =>
        Assert.Equal(
            QuestionCatalog.From(typeof(QuestionCatalog).Assembly).Select(q => q.GetType().Name).Order(),
            QuestionCatalog.BuiltIn.Concat(QuestionCatalog.Measured).Select(q => q.GetType().Name).Order()
        );

    [Fact]
    public void Measured_HoldsMeasuredQuestionsAlone_BuiltInNone()
    {
        Assert.All(QuestionCatalog.Measured, q => Assert.IsAssignableFrom<MeasuredQuestion>(q));
        Assert.DoesNotContain(QuestionCatalog.BuiltIn, q => q is MeasuredQuestion);
    }

    [Theory]
    [InlineData(QuestionGroup.Kernels, "kernels.md")]
    [InlineData(QuestionGroup.StridePadding, "stride-padding.md")]
    [InlineData(QuestionGroup.Stacks, "stacks.md")]
    public void Sections_OfAGroup_AreItsQuestions(QuestionGroup group, string document)
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestData.Root, "docs", "questions", document));
        IEnumerable<string> sections = lines
            .Where(l => l.StartsWith("## ", StringComparison.Ordinal))
            .Select(l => l.Split(' ')[1]);
        Assert.Equal(
            string.Join(
                " ",
                QuestionCatalog
                    .BuiltIn.Concat(QuestionCatalog.Measured)
                    .Where(q => q.Group == group)
                    .Select(q => q.Id)
                    .Distinct()
                    .OrderBy(id => id.Length)
                    .ThenBy(id => id, StringComparer.Ordinal)
            ),
            string.Join(" ", sections)
        );
    }
}
