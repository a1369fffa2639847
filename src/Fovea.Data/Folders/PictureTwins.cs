namespace Fovea.Data;

/// <summary>Finds pictures that are there twice, by the hash of their files.</summary>
internal static class PictureTwins
{
    private const int Shown = 3;

    /// <summary>What is twice where it does harm: in both parts, or in two classes; copies within a class are
    /// counted.</summary>
    public static IEnumerable<string> Notices(IReadOnlyList<PictureFile> train, IReadOnlyList<PictureFile> test)
    {
        Dictionary<UInt128, PictureFile> first = [];
        List<string> classes = [];
        int copies = 0;
        foreach (PictureFile picture in train.Concat(test))
        {
            if (first.TryAdd(picture.Hash, picture))
            {
                continue;
            }

            copies++;
            if (first[picture.Hash].Class != picture.Class)
            {
                classes.Add($"{first[picture.Hash].Path} = {picture.Path}");
            }
        }

        HashSet<UInt128> learned = [.. train.Select(p => p.Hash)];
        string[] leaked =
        [
            .. test.Where(p => learned.Contains(p.Hash)).Select(p => $"{first[p.Hash].Path} = {p.Path}"),
        ];
        if (leaked.Length > 0)
        {
            yield return $"{PictureCheck.Count(leaked.Length, "test picture")} of {test.Count} also among those to learn from, so the test result is too good: {List(leaked)}.";
        }

        if (classes.Count > 0)
        {
            yield return $"{PictureCheck.Count(classes.Count, "picture")} in two classes: {List([.. classes])}.";
        }

        if (copies > leaked.Length + classes.Count)
        {
            yield return $"{copies} of {train.Count + test.Count} pictures are copies of another.";
        }
    }

    private static string List(string[] pairs) =>
        string.Join(", ", pairs.Take(Shown)) + (pairs.Length > Shown ? $" and {pairs.Length - Shown} more" : "");
}
