using Fovea.Testing;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>Every question has its section, and every section its question.</summary>
public sealed class QuestionDocumentTests
{
    [Fact]
    public void BuiltIn_NamesEveryQuestionOfTheLibrary() =>
        Assert.Equal(
            QuestionCatalog.From(typeof(QuestionCatalog).Assembly).Select(q => q.GetType()),
            QuestionCatalog.BuiltIn.Select(q => q.GetType())
        );

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
            string.Join(" ", QuestionCatalog.BuiltIn.Where(q => q.Group == group).Select(q => q.Id)),
            string.Join(" ", sections)
        );
    }
}
